//! All that this system and Clave SENCE say to each other, by OpenID Connect: login, data, renewal, logout, and logout notices. The rest of
//! the program knows nothing of it. The crate `openidconnect` does what must be done exactly; here is what a system decides.

use crate::person::{Extra, Person};
use anyhow::{Context, Result, bail, ensure};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken,
    IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl, JsonWebTokenType, LogoutRequest, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use reqwest::redirect::Policy;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::sync::RwLock;

/// What this system asks to be told about people, besides who they are. «offline_access» is not among it: nothing is done without the person.
const SCOPES: [&str; 3] = ["profile", "email", "run"];

type Signed = IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
type Fields =
    IdTokenFields<Extra, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
/// `CoreClient` of the crate, but with claims of Clave SENCE's own (`Extra`).
type Connected = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What was said when this system was registered with `clavero client add`.
pub struct Registration {
    /// Where Clave SENCE is, as its discovery document says it.
    pub issuer: IssuerUrl,
    /// `--id`.
    pub id: ClientId,
    /// What `clavero client add` printed once.
    pub secret: ClientSecret,
    /// `--redirect-uri`.
    pub redirect: RedirectUrl,
    /// `--post-logout-uri`.
    pub post_logout: PostLogoutRedirectUrl,
}

/// Clave SENCE, as this system knows it.
pub struct Clave {
    network: Network,
    registration: Registration,
    provider: RwLock<Provider>,
}

struct Network(reqwest::Client);

/// What the discovery document and the keys said when they were last read.
struct Provider {
    client: Connected,
    end_session: EndSessionUrl,
}

/// A login that has begun: what only this browser and this system know of it. Serves once.
pub struct Attempt {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// What came back in the address, at the end of a login.
#[derive(serde::Deserialize)]
pub struct Answer {
    code: Option<AuthorizationCode>,
    state: Option<String>,
    iss: Option<String>,
    /// Instead of a code.
    error: Option<String>,
}

/// How a login ended.
pub enum Ended {
    /// The person is in.
    In(Box<Entry>),
    /// The person said no.
    Declined,
}

/// A person who is in, and the tokens that say so.
pub struct Entry {
    /// Who it is.
    pub person: Person,
    /// The name of the session at Clave SENCE: logout notices name it.
    pub sid: Option<String>,
    /// Until when the access token serves.
    pub fresh_until: Instant,
    signed: Signed,
    /// Serves once: whoever renews takes it away. Two at once would look like a thief and the owner, and end the session.
    refresh: Mutex<Option<RefreshToken>>,
}

/// Whom a logout notice is about.
pub struct LoggedOut {
    /// One session,
    pub sid: Option<String>,
    /// or all sessions of a person.
    pub subject: Option<SubjectIdentifier>,
}

impl Clave {
    /// Reads the discovery document and the keys.
    pub async fn discovers(registration: Registration) -> Result<Clave> {
        // A redirect would carry tokens to an address that nobody registered.
        let network = Network(reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10)).build()?);
        let provider = RwLock::new(Provider::read(&network, &registration).await?);
        Ok(Clave { network, registration, provider })
    }

    /// Begins a login: the address to which the browser goes, and what must be kept until it is back.
    pub async fn login(&self) -> (Url, Attempt) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let provider = self.provider.read().await;
        let (address, state, nonce) = provider
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        (address, Attempt { state, nonce, verifier })
    }

    /// Ends a login: judges what came back, takes the code to Clave SENCE, and asks who the person is.
    pub async fn enters(&self, attempt: Attempt, answer: Answer) -> Result<Ended> {
        ensure!(answer.state.as_deref() == Some(attempt.state.secret()), "the answer belongs to another login");
        // Another provider's answer must not be taken for this one's (RFC 9207).
        ensure!(answer.iss.as_deref() == Some(self.registration.issuer.as_str()), "the answer comes from another provider");
        match answer.error.as_deref() {
            None => {}
            Some("access_denied") => return Ok(Ended::Declined),
            Some(code) => bail!("Clave SENCE answered {code}"),
        }
        let code = answer.code.context("no code in the answer")?;
        let tokens: Tokens = {
            let provider = self.provider.read().await;
            let asked = provider.client.exchange_code(code)?.set_pkce_verifier(attempt.verifier);
            asked.request_async(&self.network).await.context("exchange the code")?
        };
        let signed = tokens.id_token().context("no ID token")?;
        let claims = self.verified(signed, Some(&attempt.nonce)).await?;
        Ok(Ended::In(Box::new(self.entry(&tokens, signed.clone(), &claims).await?)))
    }

    /// New tokens for old ones, and what Clave SENCE says of the person today. `None`: that happens already.
    pub async fn renews(&self, entry: &Entry) -> Result<Option<Entry>> {
        let Some(refresh) = entry.refresh.lock().ok().and_then(|mut refresh| refresh.take()) else { return Ok(None) };
        let tokens: Tokens = {
            let provider = self.provider.read().await;
            let asked = provider.client.exchange_refresh_token(&refresh)?;
            asked.request_async(&self.network).await.context("exchange the refresh token")?
        };
        let signed = tokens.id_token().unwrap_or(&entry.signed);
        let claims = match tokens.id_token() {
            Some(signed) => self.verified(signed, None).await?,
            None => entry.person.claims.clone(),
        };
        ensure!(claims.subject() == entry.person.claims.subject(), "the tokens are another person's");
        self.entry(&tokens, signed.clone(), &claims).await.map(Some)
    }

    /// Where the browser goes when the person leaves this system: Clave SENCE ends its own session, and leads back.
    pub async fn logout(&self, entry: &Entry) -> Url {
        LogoutRequest::from(self.provider.read().await.end_session.clone())
            .set_id_token_hint(&entry.signed)
            .set_client_id(self.registration.id.clone())
            .set_post_logout_redirect_uri(self.registration.post_logout.clone())
            .http_get_url()
    }

    /// Judges a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6): whom it is about.
    pub async fn hears(&self, logout_token: &str) -> Result<LoggedOut> {
        let token: Signed = logout_token.parse().context("read the logout token")?;
        let claims = self.judged(&token, "logout+jwt", |nonce| nonce.map_or(Ok(()), |_| Err("an ID token".into()))).await?;
        let Extra { events, sid, .. } = claims.additional_claims();
        ensure!(events.contains_key("http://schemas.openid.net/event/backchannel-logout"), "not a logout token");
        Ok(LoggedOut { sid: sid.clone(), subject: sid.is_none().then(|| claims.subject().clone()) })
    }

    async fn entry(&self, tokens: &Tokens, signed: Signed, claims: &Claims) -> Result<Entry> {
        let access = tokens.access_token();
        let told: UserInfoClaims<Extra, CoreGenderClaim> = {
            let provider = self.provider.read().await;
            let asked = provider.client.user_info(access.clone(), Some(claims.subject().clone()))?;
            asked.request_async(&self.network).await.context("ask for the person's data")?
        };
        Ok(Entry {
            sid: claims.additional_claims().sid.clone(),
            person: Person { claims: claims.clone(), told },
            fresh_until: Instant::now() + tokens.expires_in().unwrap_or_default(),
            signed,
            refresh: Mutex::new(tokens.refresh_token().cloned()),
        })
    }

    async fn verified(&self, token: &Signed, nonce: Option<&Nonce>) -> Result<Claims> {
        self.judged(token, "JWT", |given: Option<&Nonce>| match (nonce, given) {
            (Some(sent), Some(given)) if sent.secret() == given.secret() => Ok(()),
            (None, _) => Ok(()),
            _ => Err("another nonce".to_owned()),
        })
        .await
    }

    /// Signature, issuer, audience, age. A token of a key that came since is no reason to be restarted: the keys are read again, once.
    async fn judged(&self, token: &Signed, kind: &str, nonce: impl Fn(Option<&Nonce>) -> Result<(), String>) -> Result<Claims> {
        let kind = JsonWebTokenType::new(kind.to_owned()).normalize().context("a kind of token")?;
        let judge = |client: &Connected| {
            let verifier: IdTokenVerifier<'_, CoreJsonWebKey> = client.id_token_verifier().set_allowed_jose_types([kind.clone()]);
            token.claims(&verifier, &nonce).cloned()
        };
        let judged = judge(&self.provider.read().await.client);
        if let Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) = judged {
            let provider = Provider::read(&self.network, &self.registration).await?;
            *self.provider.write().await = provider;
            return judge(&self.provider.read().await.client).context("judge a token by new keys");
        }
        judged.context("judge a token")
    }
}

impl Provider {
    async fn read(network: &Network, registration: &Registration) -> Result<Provider> {
        let metadata = ProviderMetadataWithLogout::discover_async(registration.issuer.clone(), network)
            .await
            .with_context(|| format!("read {}/.well-known/openid-configuration", registration.issuer.as_str()))?;
        let end_session =
            metadata.additional_metadata().end_session_endpoint.clone().context("Clave SENCE names no address to log out")?;
        let client = Client::from_provider_metadata(metadata, registration.id.clone(), Some(registration.secret.clone()))
            .set_redirect_uri(registration.redirect.clone());
        Ok(Provider { client, end_session })
    }
}

/// How `openidconnect` reaches the network: with a client that is there already, instead of one of its own.
impl<'c> AsyncHttpClient<'c> for Network {
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into()?).await?;
            let mut taken = HttpResponse::default();
            *taken.status_mut() = answer.status();
            *taken.headers_mut() = answer.headers().clone();
            *taken.body_mut() = answer.bytes().await?.into();
            Ok(taken)
        })
    }
}

impl LoggedOut {
    /// Whether this entry is what the notice is about.
    pub fn is(&self, entry: &Entry) -> bool {
        let session = self.sid.is_some() && self.sid == entry.sid;
        session || self.subject.as_ref() == Some(entry.person.claims.subject())
    }
}
