"""Un sistema en Python cuyas personas ingresan con Clave SENCE: Flask y Authlib."""

import os
import secrets

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template_string, request, session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

EMISOR = os.environ["CLAVE_ISSUER"]
URL_PROPIA = os.environ["URL_PROPIA"]

app = Flask(__name__)
# Con más de un proceso, de un archivo: todos deben tener el mismo.
app.secret_key = secrets.token_bytes(32)
app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=URL_PROPIA.startswith("https:"))

with open(os.environ["CLAVE_SECRET_FILE"]) as archivo:
    secreto = archivo.read().strip()
clave = OAuth(app).register(
    "clave",
    client_id=os.environ["CLAVE_CLIENT_ID"],
    client_secret=secreto,
    server_metadata_url=f"{EMISOR}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email run", "code_challenge_method": "S256", "timeout": 10},
)

# Quienes están dentro. La galleta lleva solo la clave de este diccionario, para que un aviso de salida pueda terminar la sesión;
# con más de un proceso, va en la base de datos.
sesiones = {}

PAGINA = """<!doctype html><html lang="es"><meta charset="utf-8"><title>Sistema en Python</title><main>
{% if persona %}
<p>Hola, <b id="nombre">{{ persona.name }}</b>, RUT <b id="rut">{{ persona.RolUnico.numero }}-{{ persona.RolUnico.DV }}</b></p>
<form method="post" action="/renovar"><button>Renovar</button></form>
<form method="post" action="/salir"><button>Salir</button></form>
{% else %}
<p>{{ aviso or "Nadie ha ingresado." }}</p><a href="/ingresar">Ingresar con Clave SENCE</a>
{% endif %}</main>"""


@app.get("/")
def portada():
    return render_template_string(PAGINA, **sesiones.get(session.get("sesion"), {}))


@app.get("/ingresar")
def ingresar():
    # Authlib inventa y guarda state, nonce y el verificador de PKCE.
    return clave.authorize_redirect(f"{URL_PROPIA}/vuelta")


@app.get("/vuelta")
def vuelta():
    try:
        # La respuesta de otro proveedor no debe pasar por la de este (RFC 9207): Authlib no lo revisa.
        if request.args.get("iss") != EMISOR:
            raise OAuthError("iss")
        fichas = clave.authorize_access_token()
        persona = clave.userinfo(token=fichas)
    except OAuthError as error:
        app.logger.warning("ingreso: %s", error.error)
        return render_template_string(PAGINA, aviso="No pudo ingresar. Vuelva a intentarlo."), 400
    session.clear()
    session["sesion"] = secrets.token_urlsafe(32)
    sesiones[session["sesion"]] = {"persona": persona, "fichas": fichas, "sid": fichas["userinfo"].get("sid"), "sub": persona["sub"]}
    return redirect("/", 303)


@app.post("/renovar")
def renovar():
    sesion = sesiones.get(session.get("sesion"))
    # Sirve una vez: dos renovaciones a la vez parecerían un robo, y terminarían la sesión.
    ficha = sesion and sesion["fichas"].pop("refresh_token", None)
    if ficha:
        try:
            nuevas = clave.fetch_access_token(grant_type="refresh_token", refresh_token=ficha)
            sesion["fichas"] = {**sesion["fichas"], **nuevas}
            sesion["persona"] = clave.userinfo(token=nuevas)
        except (OAuthError, requests.HTTPError):
            # Lo que Clave SENCE no renueva, allá terminó.
            sesiones.pop(session.pop("sesion"), None)
    return redirect("/", 303)


@app.post("/salir")
def salir():
    sesion = sesiones.pop(session.pop("sesion", None), None)
    if not sesion:
        return redirect("/", 303)
    fin = requests.Request("GET", clave.load_server_metadata()["end_session_endpoint"], params={
        "id_token_hint": sesion["fichas"]["id_token"], "post_logout_redirect_uri": f"{URL_PROPIA}/",
    })
    return redirect(fin.prepare().url, 303)


@app.post("/aviso-de-salida")
def aviso_de_salida():
    """Aquí llama Clave SENCE misma, cuando la persona salió en otro sistema o en «Mi cuenta»."""
    try:
        llaves = KeySet.import_key_set(requests.get(clave.load_server_metadata()["jwks_uri"], timeout=10).json())
        aviso = jwt.decode(request.form["logout_token"], llaves, algorithms=["ES256", "RS256"])
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": EMISOR}, aud={"essential": True, "value": clave.client_id},
            iat={"essential": True}, exp={"essential": True}, jti={"essential": True},
        ).validate(aviso.claims)
    except (JoseError, ValueError):
        return "", 400
    es_aviso = "http://schemas.openid.net/event/backchannel-logout" in aviso.claims.get("events", {})
    if aviso.header.get("typ") != "logout+jwt" or not es_aviso or "nonce" in aviso.claims:
        return "", 400
    quien = "sid" if "sid" in aviso.claims else "sub"
    for cual in [cual for cual, sesion in sesiones.items() if sesion[quien] == aviso.claims[quien]]:
        del sesiones[cual]
    return "", 200


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]))
