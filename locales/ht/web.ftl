### Tout tèks pòtay la an kreyòl ayisyen. Sous la, ak rezon ki fè gen yon sèl fichye pou chak lang, se locales/es-CL/web.ftl.

## layout.html

layout-product = Clave SENCE (CS)
layout-name = Clave Sence - (CS)
layout-description = Jwenn, rekipere epi chanje Clave SENCE (CS) ou, epi mete enfòmasyon ou ajou.
layout-skip = Ale dirèkteman nan kontni prensipal la
layout-menu = Meni prensipal
layout-notice = Avi sou sèvis la
menu-register = Enskri
menu-recover = Mande CS
menu-change = Chanje CS
menu-update = Mete enfòmasyon ajou
menu-help = Plis enfòmasyon
menu-account = Kont mwen
footer-help = Èd
footer-accessibility = Aksesibilite
footer-privacy = Konfidansyalite
contact-phone = Telefòn:

## kit/form.html

form-error = Erè:
form-problem = Gen yon pwoblèm
form-mandatory = Ou oblije ranpli espas ki gen yon asterisk (*).
form-day = Jou
form-month = Mwa
form-year = Ane
captcha-legend = Verifikasyon sekirite kont robo
captcha-explanation = Nou vle asire nou se yon vrè moun k ap sèvi ak sistèm sa a. Tanpri, ekri nan bwat tèks la lèt ki parèt nan imaj sa a:
captcha-alt = Imaj ki gen sis lèt nan de ranje twa lèt. Si ou pa ka wè li, koute kòd la pi ba a.
captcha-refresh = Chanje imaj la
captcha-sound = Ou pa ka wè imaj la? Koute kèk chif an franse epi ekri yo nan plas lèt yo.
captcha-listen = Koute kòd la
captcha-label = Captcha
captcha-now = Te gen plizyè esè depi isit la oswa ak RUT sa a. Pou kontinye, ranpli sa ki rete vid epi antre lèt ki nan imaj la.
captcha-cannot = Mwen pa ka sèvi ak captcha a
notice-success = Siksè
notice-error = Erè
notice-important = Enpòtan
key-print = Mete kle a sou papye a lè ou enprime paj sa a
changes-before = Anvan:
changes-after = Kounye a:
changes-change = Chanje

## portal.js, nan atribi <script> li nan layout.html

script-show = Montre
script-hide = Kache
script-visible = Kle ou parèt sou ekran an
script-hidden = Kle ou kache
script-copy = Kopye
script-copied = Kle a kopye
script-met = bon
script-missing = manke toujou
script-count = Karaktè ou ekri:

## Mesaj sèvè a ak portal.js montre ak menm mo yo

error-rut-shape = RUT la dwe gen chif ak yon chif verifikasyon, pa egzanp 12.345.678-5
error-rut-digit = Chif verifikasyon an pa koresponn. Tcheke RUT ou.
error-email-shape = Ekri yon adrès imèl tankou non@egzanp.cl
error-key-rules = Kle ou poko respekte tout règ ki nan lis la
error-key-repeat = De kle yo pa menm. Ekri yo ankò.

## kit/fields.rs: sa ki pa ka li nan yon espas

flaw-too-long = Tèks la twò long. Ekri yon tèks ki pi kout.
flaw-garbled = Tèks la gen karaktè nou pa ka li. Ekri li ankò.
flaw-control = Ekri tèks la sou yon sèl liy, san tabilasyon. Si ou te kole li, ekri li alamen.
flaw-form-too-large = Fòmilè a twò gwo. Ekri mwens tèks.

## kit/errors.rs: paj erè

error-again = Rekòmanse sou paj sa a
error-home = Ale sou paj dakèy la
error-help = Gade èd la
error-reference = Nimewo referans:
error-contact = Si pwoblèm nan kontinye, kontakte nou epi bay nimewo referans lan.
bad-request-title = Nou pa t ka konprann demann nan
bad-request-what = Enfòmasyon yo rive san yo pa konplè, oswa yo gate.
bad-request-do = Tounen sou paj anvan an epi eseye ankò.
forged-title = Pou sekirite ou, nou pa t pran fòmilè a
forged-what = Paj la te louvri twò lontan, oswa navigatè ou pa aksepte cookies. Anyen pa anrejistre, anyen pa chanje.
forged-do = Aksepte cookies sit sa a, louvri fòmilè a ankò epi ranpli li yon lòt fwa.
not-found-title = Nou pa jwenn paj sa a
not-found-what = Adrès la pa egziste oswa li chanje.
not-found-do = Tcheke adrès la, oswa chwazi sou paj dakèy la sa ou vle fè.
method-title = Ou pa ka sèvi ak adrès sa a konsa
method-what = Paj la egziste, men li pa pran kalite demann sa a.
method-do = Louvri paj la depi paj dakèy la.
slow-title = Fòmilè a pran twòp tan pou li rive
slow-what = Koneksyon an koupe oswa li twò lant. Anyen pa anrejistre, anyen pa chanje.
slow-do = Tcheke koneksyon entènèt ou epi voye fòmilè a ankò.
gone-title = Paj sa a pa disponib ankò
gone-what = Lyen an oswa demach la fini: yo te deja sèvi ak li, oswa tan li pase.
gone-do = Rekòmanse demach la.
large-title = Fòmilè a twò gwo
large-what = Yo voye plis enfòmasyon pase sa sit sa a ka resevwa. Anyen pa anrejistre, anyen pa chanje.
large-do = Louvri fòmilè a ankò epi ekri mwens tèks.
not-a-form-title = Nou pa t ka li fòmilè a
not-a-form-what = Enfòmasyon yo rive nan yon fòma sit sa a pa itilize.
not-a-form-do = Louvri fòmilè a ankò epi voye li ak navigatè ou.
too-many-title = Twòp esè
too-many-what = Pou pwoteje kle tout moun, gen yon limit sou kantite esè.
too-many-do = Tann { $minutes } minit epi eseye ankò.
fault-title = Nou gen yon pwoblèm
fault-what = Pwoblèm nan soti bò kote pa nou, se pa fòt ou. Nou pa ka montre paj sa a kounye a.
fault-do = Eseye ankò nan kèk minit.
busy-title = Sèvis la okipe anpil
busy-what = Anpil moun ap sèvi ak sèvis la nan moman sa a, oswa n ap relanse li.
busy-do = Tann kèk segond epi eseye ankò.

## portal/home.html

cs-purpose = Sistèm enskripsyon pou moun fizik, migran ak moun moral, kote ou ka jwenn CS ou (Clave Sence: se yon kle sekrè, tankou yon modpas) pou ou antre nan lòt sistèm Sence yo.
home-title = Paj dakèy
home-at-hand = Anvan ou enskri, prepare kat idantite ou, imèl ou ak telefòn selilè ou.
home-natural = Moun fizik (ki gen kat idantite nasyonal)
home-legal = Moun moral (Antrepriz | OTEC | OTIC)
home-register = Enskri isit la
home-recover = Mande yon nouvo CS isit la
home-change = Chanje CS ou isit la
home-update = Mete enfòmasyon ou ajou isit la
home-facilitator = Demann CS pou fasilitatè etranje
home-of-natural = moun fizik
home-of-legal = moun moral
home-migrants = Migran
home-migrants-text = Si ou se etranje epi ou gen yon kat idantite chilyen, sèvi ak opsyon pou moun fizik yo. RUT la enprime sou kat ou.

## Enfòmasyon yon moun, nan enskripsyon ak mizajou

form-mandatory-note = (*) Espas ou oblije ranpli.
question-choose = Chwazi...
names-label = Non (nombres)
names-hint = Jan yo ye sou kat idantite ou
surname-label = Premye siyati (apellido paterno)
second-surname-label = Dezyèm siyati (apellido materno)
second-surname-hint = Kite li vid si ou pa genyen
birth-label = Dat nesans
birth-hint = Jou, mwa ak ane. Pa egzanp, 01 12 1992
address-legend = Kote ou rete
street-label = Adrès lakay ou
street-hint = Pasaj oswa lari, adrès
number-label = Nimewo adrès la
block-label = Blòk
flat-label = Nimewo apatman
region-label = Rejyon (región)
comuna-label = Komin (comuna)
comuna-hint = Komin yo gwoupe pa rejyon
place-choose = Chwazi
contact-legend = Enfòmasyon kontak
email-label = Imèl
email-hint = Pa egzanp, non@egzanp.cl
phone-label = Selilè
phone-hint = Pa egzanp, 9 1234 5678. N ap avèti ou pa SMS tou.
phone-hint-abroad = Yon selilè chilyen, pa egzanp 9 1234 5678, oswa yon nimewo lòt peyi ak kòd li, pa egzanp +54 9 11 2345 6789. N ap avèti ou pa SMS tou.
rut-label = Rut
rut-hint = Pa egzanp, 12.345.678-5
question-label = Kesyon sekrè
answer-label = Repons sekrè
retype-key = Ekri kle ou ankò
retype-answer = Ekri repons ou ankò

## Règ pou yon nouvo kle

key-rules-title = Kle ou dwe respekte règ sa yo:
key-rule-length = { $max } karaktè pou pi plis. { $min } pou pi piti.
key-rule-varied = Li pa yon sèl karaktè ki repete, ni yon seri tankou 12345678.
key-rule-rut = Li pa gen RUT ou ladan li.
key-rule-personal = Li pa gen non ou, imèl ou ni dat nesans ou ladan li.
key-rule-common = Li pa yon kle anpil moun itilize, tankou «password».

## Mesaj sou yon enfòmasyon (portal/words.rs)

error-rut-empty = Ekri RUT ou
error-rut-legal = RUT sa a se pou yon moun moral. Se moun fizik sèlman ki enskri isit la.
error-question-empty = Chwazi yon kesyon sekrè
error-answer-empty = Ekri repons sekrè ou
error-answer-short = Repons lan dwe gen omwen 3 lèt oswa chif
error-answer-common = Anpil moun bay menm repons lan. Chwazi yon lòt repons.
error-answer-in-question = Repons lan deja nan kesyon an. Chwazi yon lòt repons.
error-answer-personal = Repons lan pa ka fè pati RUT ou, non ou, imèl ou oswa dat nesans ou
error-names-empty = Ekri non ou
error-surname-empty = Ekri premye siyati ou
error-names-characters = Sèvi sèlman ak lèt, espas, tirè, pwen ak apostwòf
error-birth-empty = Ekri dat nesans ou
error-birth-incomplete = Ekri jou, mwa ak ane nesans ou
error-birth-no-such-day = Dat sa a pa egziste. Ekri li tankou 01 12 1992.
error-birth-future = Dat nesans lan dwe anvan jodi a
error-birth-too-long-ago = Tcheke ane nesans ou
error-street-empty = Ekri adrès ou
error-number-empty = Ekri nimewo adrès ou. Si li pa genyen, ekri S/N.
error-address-characters = Sèvi sèlman ak lèt, chif ak siy tankou . , - # / °
error-region-empty = Chwazi rejyon ou
error-comuna-empty = Chwazi komin ou
error-comuna-elsewhere = Komin sa a pa nan rejyon ou chwazi a. Chwazi yon lòt komin oswa yon lòt rejyon.
error-email-empty = Ekri imèl ou
error-phone-shape = Ekri yon selilè chilyen ki gen 9 chif, pa egzanp 9 1234 5678
error-phone-shape-abroad = Ekri yon selilè chilyen ki gen 9 chif, pa egzanp 9 1234 5678, oswa yon nimewo lòt peyi ki kòmanse ak + epi kòd li
error-text-long = Ekri { $max } karaktè pou pi plis
error-key-empty = Ekri yon kle
error-key-again = Repete kle a
error-key-short = Kle a dwe gen omwen { $min } karaktè
error-key-long = Kle a dwe gen { $max } karaktè pou pi plis
error-key-unprintable = Kle a gen karaktè moun pa ka wè. Ekri li alamen.
error-key-common = Anpil moun itilize kle sa a. Chwazi yon lòt.
error-key-sequence = Kle a pa ka yon sèl karaktè ki repete, ni yon seri
error-key-personal = Kle a pa ka gen RUT ou, non ou, imèl ou oswa dat nesans ou ladan li
error-captcha-empty = Ekri lèt ki nan imaj la, oswa chif ou tande yo
error-current-key-empty = Antre CS ou genyen kounye a
error-link-used = Lyen an sèvi deja, tan li fini, oswa se pou yon lòt RUT. Mande yon lòt, oswa sèvi ak captcha a.
error-already-sent = Yo te deja voye fòm sa a. Ranpli li ankò.
error-captcha-wrong = Lèt yo pa koresponn ak imaj la, oswa tan li pase. Ekri lèt ki nan nouvo imaj la.

## Kesyon sekrè

question-1 = Kijan premye bèt ou te gen lakay ou te rele?
question-2 = Nan ki lari ou te konn jwe lè ou te timoun?
question-3 = Kijan premye pwofesè ou te rele?
question-4 = Ki manje ou pa t renmen lè ou te timoun?
question-5 = Ki premye liv ou sonje ou te li?
question-6 = Ki kote ou te vwayaje nan premye vakans ou?
question-7 = Kijan pi bon zanmi ou te rele lè ou te timoun?
question-8 = Ki premye jwèt ou sonje?
question-9 = Kisa ou te vle ye lè ou gran?
question-10 = Ki chante yo te konn chante lakay ou?
question-11 = Ki kote premye travay ou te ye?
question-12 = Kijan yo te konn rele ou lè ou te timoun?

## portal/register.html

register-title = Enskripsyon moun fizik
register-intro = Prepare kat idantite ou, imèl ou ak telefòn selilè ou.
register-information = Enfòmasyon enskripsyon
register-person = Enfòmasyon pèsonèl
key-legend = Clave Sence
key-label = Kle CS
key-again-label = Repete kle CS
register-submit = Voye
registered-title = Nou resevwa enskripsyon ou
registered-text = Nou resevwa enfòmasyon ou. Nou voye yon mesaj ba ou ak rezilta a.
registered-next = Kisa k ap vini apre
registered-email = Nan 10 minit k ap vini yo, yon imèl ap rive nan:
registered-confirm = Louvri lyen ki nan imèl sa a pou konfime adrès la se pou ou.
registered-phone = Nou voye yon SMS tou nan:
registered-nothing = Si ou pa resevwa anyen, gade nan dosye imèl endezirab yo (spam). Si adrès la gen yon erè, kontakte biwo èd la.

## portal/legal.html

legal-title = Moun moral
legal-explanation = Pòtay sa a poko ofri CS pou antrepriz, OTEC ak OTIC.
facilitator-title = Fasilitatè etranje
facilitator-explanation = Pòtay sa a poko resevwa demann CS pou fasilitatè etranje.
legal-whom = Pou jwenn èd, kontakte:
legal-natural = Si ou bezwen yon CS pou tèt ou, kòm moun fizik, ou ka jwenn li isit la.
legal-natural-link = Enskri kòm moun fizik

## portal/help.html

help-title = Èd
help-what = Kisa CS la ye
help-one-key = Ou gen yon sèl CS. Se yon kle sekrè, tankou yon modpas. Li sèvi pou tout sistèm enstitisyon an, epi pèsonn lòt pa dwe konnen li.
help-before = Sa ou bezwen anvan ou enskri
help-before-rut = Kat idantite ou: w ap kopye RUT ou, non ou ak dat nesans ou ladan li.
help-before-contact = Yon adrès imèl ou konn gade. Li bon tou pou ou gen yon telefòn selilè.
help-before-address = Adrès ou, ak rejyon epi komin.
help-before-question = Yon kesyon sekrè ak yon repons se ou sèl ki konnen. W ap bezwen li si ou bliye CS ou.
help-register = Kijan pou enskri
help-register-text = Ranpli fòmilè a, chwazi CS ou epi peze «Voye». Si yon bagay manke, paj la di ou kisa li ye epi li kenbe sa ou te ekri. Lè ou fini, w ap resevwa yon imèl.
help-register-link = Ale nan enskripsyon an
help-key = Kijan CS ou dwe ye
help-key-length = Li gen ant { $min } ak { $max } karaktè.
help-key-content = Ou ka sèvi ak lèt, chif, espas ak siy. Gwo lèt ak ti lèt pa menm bagay.
help-key-refused = Li pa ka gen RUT ou, non ou, imèl ou oswa dat nesans ou ladan li. Li pa ka yon kle twò komen non plis.
help-key-secret = Pa bay pèsonn li. Okenn anplwaye p ap mande ou li.
help-recover = Si ou bliye CS ou
help-recover-text = Ekri RUT ou epi reponn kesyon sekrè ou. W ap resevwa yon kle pwovizwa (clave provisoria) ki dire { $hours } èdtan. Avèk li ou ka chanje CS ou, anyen plis. Ansyen CS ou a ap kontinye mache jouk ou chanje li.
help-recover-late = Kle pwovizwa a rive nan imèl ou, ak sou selilè ou si ou te anrejistre li, nan 10 minit k ap vini yo. Si li pa rive, gade nan dosye imèl endezirab yo (spam) epi mande yon lòt.
help-recover-link = Mande yon nouvo CS
help-change = Kijan pou chanje CS ou
help-change-text = Ekri RUT ou, CS ou genyen kounye a oswa kle pwovizwa ou, epi de fwa nouvo CS la. Lè ou chanje li, tout sesyon ou yo fèmen epi kle pwovizwa yo anile.
help-change-link = Chanje CS ou
help-update = Kijan pou mete enfòmasyon ou ajou
help-update-text = Gen twa etap. Dabò ekri RUT ou, dat nesans ou ak imèl ou te anrejistre a. Apre sa reponn kesyon sekrè ou. Pou fini, korije adrès ou ak enfòmasyon kontak ou.
help-update-link = Mete enfòmasyon ou ajou
help-account = Sa ki gen nan «Kont mwen»
help-account-text = Se la ou wè enfòmasyon ou, sistèm ki konnen yo, sesyon ou ak aparèy ou, mesaj nou te voye ba ou, ak sa yo te fè ak CS ou. Ou ka dekonekte yon sistèm, fèmen yon sesyon oswa bliye yon aparèy. Ou bezwen CS ou pou antre.
help-sessions = Kilè sesyon ou fini
help-sessions-text = Si ou pa sèvi ak sesyon ou ankò, li fini poukont li apre yon tan. Sou yon òdinatè plizyè moun sèvi, fèmen li ou menm: louvri «Kont mwen» epi peze «Fèmen sesyon an».
help-captcha = Si ou pa ka li imaj sekirite a
help-captcha-text = Peze «Chanje imaj la» pou wè yon lòt imaj, oswa «Koute kòd la» pou tande kèk chif epi ekri yo. Gwo lèt ak ti lèt se menm bagay. Sa ou te deja ekri a rete, sòf kle yo ak repons sekrè a.
help-not-me = Si ou resevwa yon avi sou yon bagay ou pa t fè
help-not-me-text = Louvri lyen ki nan avi a pou bloke CS ou. Apre sa mande yon nouvo CS, oswa kontakte biwo èd la.
help-contact = Kontak
help-contact-text = Si ou pa ka rezoud pwoblèm ou isit la, kontakte:

## portal/privacy.html

privacy-title = Konfidansyalite
privacy-who = { $institution } responsab enfòmasyon ou bay nan pòtay sa a. Li sèvi ak yo pou ba ou yon CS epi pou li konnen se ou menm k ap antre nan sistèm enstitisyon an.
privacy-which = Ki enfòmasyon nou kenbe, ak poukisa
privacy-identity = RUT, non ak dat nesans
privacy-identity-why = Pou nou konnen kiyès ou ye epi verifye sa lè w ap mete enfòmasyon ou ajou.
privacy-address = Adrès, rejyon ak komin
privacy-address-why = Yo fè pati enfòmasyon minimòm sistèm enstitisyon an mande.
privacy-contact = Imèl ak selilè
privacy-contact-why = Pou nou voye kle pwovizwa ou epi avèti ou chak fwa CS ou chanje.
privacy-secrets = CS, kesyon sekrè ak repons sekrè
privacy-secrets-why = Pou nou verifye se ou menm. Pèsonn pa ka li ni CS ou ni repons ou, nou menm tou nou pa ka.
privacy-record = Rejis aktivite
privacy-record-why = Nou kenbe sa yo te fè ak CS ou, kilè, ak ki adrès entènèt, pou nou mennen ankèt sou abi epi reponn plent ou.
privacy-systems = Sistèm ki konekte
privacy-systems-why = Nou kenbe nan ki sistèm ou te antre ak ki enfòmasyon ou te kite yo konnen. Sistèm enstitisyon an resevwa sa yo bezwen; nou pa bay lòt yo anyen san nou pa mande ou. Ou ka dekonekte yo nan «Kont mwen».
privacy-attendance = Prezans nan kou
privacy-attendance-why = Lè ou anrejistre prezans ou nan yon kou ak CS ou, nou kenbe ki OTEC ak ki kou, ak kilè li kòmanse epi kilè li fini. OTEC kou a resevwa enfòmasyon sa yo.
privacy-sessions = Sesyon ak aparèy
privacy-sessions-why = Nou kenbe ki navigatè, ki sistèm ak ki adrès entènèt ou te sèvi pou antre, ak kilè, pou ou ka rekonèt sa ki pa pou ou.
privacy-how = Kijan nou pwoteje yo
privacy-how-sealed = Nou kode (chifre) non ou, dat nesans ou, adrès ou, imèl ou ak selilè ou lè nou anrejistre yo.
privacy-how-hashed = Nou pa anrejistre CS ou ni repons sekrè ou. Nou kenbe sèlman yon anprent yo. Anprent sa a pa ka tounen tèks la ankò.
privacy-how-third = Pòtay sa a pa gen piblisite, li pa mezire sa w ap fè epi li pa chaje anyen ki soti sou lòt sit.
privacy-cookies = Cookies
privacy-cookies-text = Cookies se ti tèks navigatè ou kenbe. Pòtay sa a sèvi sèlman ak sa li bezwen pou li mache:
privacy-cookie-session = mete ansanm etap yon menm demach, pwoteje fòmilè yo epi kenbe sesyon ou. Li kreye lè ou louvri yon fòmilè oswa lè ou antre. Li pa gen enfòmasyon ou ladan li. Li efase lè ou fèmen navigatè a.
privacy-cookie-device = sonje navigatè sa a se pou ou, pou nou ka avèti ou lè yo antre nan yon lòt, epi pou esè lòt moun pa anpeche ou antre. Li kreye lè ou montre ki moun ou ye, epi li dire yon ane apre dènye fwa a.
privacy-cookie-lang = sonje lang ou te chwazi a, pandan yon ane. Li kreye sèlman si ou chwazi yon lang.
privacy-rights = Dwa ou
privacy-rights-text = Ou gen dwa konnen epi korije enfòmasyon ou. Nan «Kont mwen» ou wè ki moun ki konnen yo ak sa yo te fè ak CS ou. Ou ka korije adrès ou ak enfòmasyon kontak ou nan pòtay sa a:
privacy-rights-contact = Pou konnen tout enfòmasyon ou, korije lòt oswa mande pou yo efase yo, kontakte:

## portal/accessibility.html

access-title = Aksesibilite
access-aim = Nou vle pou tout moun ka sèvi ak pòtay sa a. Nou fè li dapre Direktiv Aksesibilite pou Kontni Wèb (WCAG) 2.2, nivo AA.
access-can = Sa ou ka fè
access-can-keyboard = Sèvi ak tout pòtay la ak klavye a sèlman.
access-can-reader = Sèvi ak li ak yon lektè ekran.
access-can-zoom = Agrandi tèks la a 200 % oswa sèvi ak yon ekran etwat, san ou pa deplase sou kote.
access-can-dark = Sèvi ak koulè fonse oswa gwo kontras aparèy ou.
access-can-script = Fini chak demach ak JavaScript etenn.
access-can-listen = Koute kòd sekirite a olye ou li imaj la.
access-gaps = Sa ki manke toujou
access-gap-captcha = Enskripsyon an mande yon kòd sekirite nan imaj oswa nan son. Moun ki pa ka wè ni tande dwe mande biwo èd la ede yo.
access-gap-sign = Pa gen videyo nan lang siy chilyen.
access-gap-tests = Nou tcheke pòtay la ak zouti otomatik epi ak klavye. Nou poko eseye li ak moun andikape.
access-tell = Fè nou konnen si gen yon pwoblèm
access-tell-text = Si yon bagay anpeche ou sèvi ak pòtay la, di nou ki paj ak ki aparèy. Kontakte:
access-voices = Vwa ki nan captcha a
access-voices-text = Son kòd la sèvi ak anrejistreman Allison Smith ak June Wallack (Asterisk core sounds, © Digium), modifye,
access-voices-licence = Son ki sèvi ak yo gen menm lisans lan.

## portal/wording.rs ak sa tout demach yo genyen ansanm

key-current-label = CS ou genyen kounye a
key-current-hint = Ekri CS ou genyen kounye a, oswa kle pwovizwa ou.
key-new-label = Nouvo CS
key-new-again-label = Repete nouvo CS la
answer-hint = Gwo lèt, ti lèt, aksan ak espas pa gen enpòtans.
section-validate = Verifye enfòmasyon ou
captcha-by-link = Ou louvri lyen nou te voye ba ou a. Se poutèt sa ou pa bezwen captcha fwa sa a.
error-answer-wrong = Repons lan pa koresponn. Tcheke li epi eseye ankò.
error-key-same = Nouvo kle a menm ak kle ou genyen kounye a. Chwazi yon lòt.
error-key-wrong = RUT la ak kle a pa mache ansanm. Tcheke toulède.
error-key-current-empty = Ekri CS ou genyen kounye a, oswa kle pwovizwa ou
error-too-many = Te gen twòp esè. Tann { $minutes } minit, jouk { $until }, epi eseye ankò.
datum-names = Non ak premye siyati
datum-birth = Dat nesans
datum-email = Imèl
datum-question = Kesyon sekrè ak repons sekrè
datum-address = Adrès, ak rejyon epi komin
datum-mobile = Telefòn selilè

## kit/deliveries.html

delivery-heading = Mesaj pou ou
delivery-key-sms = N ap voye Clave Sence (CS) ou pa SMS sou selilè ou nan 10 minit k ap vini yo.
delivery-key-email = N ap voye Clave Sence (CS) ou nan imèl ou nan 10 minit k ap vini yo.
delivery-notice-sms = N ap avèti ou pa SMS sou selilè ou.
delivery-notice-email = N ap avèti ou nan imèl ou.
delivery-waiting = Eta: mesaj la sou wout.
delivery-accepted = Eta: mesaj la sou wout, rezo mesaj la resevwa l deja.
delivery-sent = Eta: mesaj la voye.
delivery-delivered = Eta: mesaj la rive.
delivery-failed = Eta: mesaj la pa t ka rive.
delivery-shown-serves = Kle ou wè sou paj sa a bon kanmèm.
delivery-other-way = Sèvi ak kle ki pase nan lòt mwayen an.
delivery-next-key = Mande yon nouvo kle
delivery-next-notice = Tcheke enfòmasyon kontak ou
delivery-renew = Gade eta mesaj yo kounye a

## portal/recover_*.html

recover-title = Mande yon nouvo CS
recover-heading = Enfòmasyon pou kreye yon nouvo CS
recover-step-1 = Etap 1 sou 2: Rut
recover-step-2 = Etap 2 sou 2: Repons sekrè
recover-intro = Ekri RUT ou pou wè kesyon sekrè ou.
recover-intro-selected = Ekri RUT ou. Nan etap ki vini an w ap chwazi kesyon sekrè ou epi w ap reponn li.
recover-continue = Kontinye
recover-submit = Kreye yon nouvo kle
recover-other-rut = Tounen pou ekri RUT la ankò
recover-made-shown = Nou kreye yon kle pwovizwa (clave provisoria). Men li:
recover-made-sent = Nou kreye yon kle pwovizwa (clave provisoria). W ap resevwa li nan imèl oswa selilè ou te anrejistre a.
recover-made-nowhere = Nou kreye yon kle pwovizwa (clave provisoria), men nou pa gen ni imèl ni selilè ou pou nou voye li. Kontakte biwo èd la.
recover-made-undelivered = Nou te kreye yon kle pwovizwa, men nou pa t ka voye l ba ou. Mande yon lòt; si sa rive ankò, kontakte biwo èd la.
recover-lifetime = Kle sa a (pwovizwa) dire { $hours } èdtan apati dat sa a: { $since }.
recover-until = Li p ap mache ankò apre { $until }, lè Chili.
recover-held = Enfòmasyon kontak ou fèk chanje: jouk { $until } kle yo ale sèlman nan imèl ak selilè ou te genyen anvan an.
recover-next = Pou chanje kle pwovizwa ou a pou yon CS pèmanan, tanpri ale
recover-next-link = isit la: chanje kle pwovizwa ou a

## portal/change*.html

change-title = Chanje CS
change-heading = Chanje CS ou
change-section = Chanje CS
change-forgot = Ou bliye CS ou? Mande yon nouvo
change-done-title = CS ou chanje
change-done-text = Ou chanje CS ou { $at }. Depi kounye a, sèvi ak nouvo a nan tout sistèm yo.
change-done-cancelled = Tout sesyon ou te louvri yo fèmen, epi kle pwovizwa yo anile.
change-done-next = Kontinye nan { $system }

## login/*.html

login-title = Konekte
login-heading = Konekte ak CS ou
login-for = W ap konekte nan sistèm sa a:
login-domain = Ekri kle ou sèlman nan
login-key-empty = Antre Clave CS ou
login-old-page = Paj sa a te louvri depi anvan yon lòt koneksyon. Ekri RUT ou ak kle ou ankò.
login-submit = Konekte
login-forgot = Ou bliye CS ou?
login-back = Tounen nan { $system }
login-register = Enskri si ou poko gen CS
provisional-title = Chanje kle pwovizwa ou
provisional-why = Kle ou antre a se yon kle pwovizwa: li sèvi sèlman pou chwazi yon nouvo CS. Kenbe l toupre ou, n ap mande ou li ankò.
provisional-then = Apre sa ou ka kontinye nan { $system }.
logout-title = Dekonekte
logout-text = Sesyon ou nan navigatè sa a pral fèmen. Sistèm ou te antre ak li yo ap fèmen pa yo tou, si yo kapab.
logout-submit = Dekonekte
logout-stay = Tounen nan kont mwen
logout-done-title = Ou dekonekte
logout-done-text = Pa gen okenn sesyon louvri ankò nan navigatè sa a.
logout-done-again = Konekte ankò

## portal/interrupted.html

interrupted-title = Gen enfòmasyon ki manke pou kontinye
interrupted-why = CS la bezwen yon kantite enfòmasyon minimòm pou li mache.
interrupted-missing = Men sa ou poko anrejistre:
interrupted-again = Lè ou fin mete enfòmasyon ou ajou, ou dwe rekòmanse demach sa a depi nan kòmansman.
interrupted-again-link = Rekòmanse

## portal/captcha_sent.html

captcha-sent-title = Gade imèl ou oswa selilè ou
captcha-sent-text = Si RUT la anrejistre, nou voye yon lyen nan imèl oswa selilè ou te anrejistre a. Ak lyen sa a ou ka kontinye san captcha, yon sèl fwa, pandan 1 èdtan.
captcha-sent-late = Si ou pa resevwa li, kontakte biwo èd la.
captcha-sent-again = Tounen nan fòmilè a

## portal/link*.html

not-me-title = Se pa t ou menm?
not-me-text = Si se pa ou ki te fè demach nou te avèti ou a, bloke CS ou. Pèsonn p ap ka sèvi ak li jouk ou mande yon nouvo oswa ou pale ak biwo èd la.
not-me-ends = N ap fèmen tou demach ki poko fini ak RUT ou epi n ap anile kle pwovizwa yo.
not-me-undoes = Si imèl ou oswa selilè ou te chanje nan 3 dènye jou yo, n ap remete sa ou te genyen anvan yo.
not-me-button = Bloke CS mwen
not-me-done-title = CS ou bloke
not-me-done-text = Pèsonn pa ka sèvi ak CS ou, ni ak yon ansyen kle pwovizwa. Pou sèvi ak li ankò, mande yon nouvo CS epi chanje li.
not-me-done-undone = Si imèl ou oswa selilè ou te chanje nan 3 dènye jou yo, nou remete sa ou te genyen anvan yo. Nou avèti tout adrès yo.
not-me-done-next = Mande yon nouvo CS
not-me-done-help = Si ou panse yon lòt moun konnen repons sekrè ou, oswa ou pa ka li imèl oswa selilè sa a ankò, kontakte:
confirm-title = Konfime imèl ou
confirm-text = Peze bouton an pou konfime imèl sa a se pou ou.
confirm-button = Konfime
confirm-done-title = Imèl ou konfime
confirm-done-text = Mèsi. Ou ka fèmen paj sa a kounye a.

## messages/: imèl ak SMS. Sijè yo pa nonmen pèsonn. SMS yo rete nan alfabè GSM-7 (è, ò ak à ladan li).

mail-registered-subject = Enskripsyon ou nan Clave SENCE
mail-registered-text = Ou enskri nan Clave SENCE (CS) { $institution }. Ak RUT ou ak CS ou, ou ka antre nan sistèm enstitisyon an.
mail-confirm-text = Pou konfime imèl sa a se pou ou, louvri lyen sa a. Li bon pandan 72 èdtan.
mail-confirm-link = Konfime imèl mwen
mail-already-subject = Yon moun eseye enskri ak RUT ou
mail-already-text = Yon moun ranpli enskripsyon nan Clave SENCE (CS) { $institution } ak RUT ou, ki deja gen yon CS. Nou pa chanje anyen. Si se te ou menm epi ou bliye CS ou, mande yon nouvo isit la.
mail-already-link = Mande yon nouvo CS
mail-key-subject = Kle pwovizwa ou pou Clave SENCE
mail-key-text = Nou kreye yon kle pwovizwa (clave provisoria). Men li: { $key }. Kle sa a (pwovizwa) dire { $hours } èdtan apati dat sa a: { $date }.
mail-key-change = Pou chanje kle pwovizwa ou a pou yon CS pèmanan, tanpri ale isit la.
mail-key-link = Chanje CS
mail-key-current = Jouk ou chanje li, CS ou genyen kounye a ap kontinye mache. Pa bay pèsonn kle sa a: nou p ap janm mande ou li nan telefòn ni nan imèl.
mail-key-frozen = CS ou genyen kounye a ap rete bloke jouk ou chanje li ak kle sa a. Pa bay pèsonn kle sa a: nou p ap janm mande ou li nan telefòn ni nan imèl.
mail-withheld-subject = Yon kle pwovizwa pou Clave SENCE
mail-withheld-text = Nou kreye yon kle pwovizwa pou CS ou nan { $institution } nan dat { $date }. Kòm enfòmasyon kontak ou fèk chanje, jouk { $until } kle yo ale sèlman nan imèl ak selilè ou te genyen anvan an.
mail-changed-subject = Clave SENCE ou chanje
mail-changed-text = Yo chanje CS ou nan { $institution } nan dat { $date }. Ansyen kle yo ak kle pwovizwa yo pa mache ankò.
mail-data-subject = Enfòmasyon ou nan Clave SENCE chanje
mail-data-text = Yo mete enfòmasyon ou nan Clave SENCE (CS) { $institution } ajou nan dat { $date }.
mail-data-held = Pou sekirite ou, jouk { $until } kle pwovizwa yo ale sèlman nan imèl ak selilè ou te genyen anvan chanjman sa a. Avi yo ale nan tout adrès yo.
mail-captcha-subject = Lyen pou kontinye nan Clave SENCE
mail-captcha-text = Ou mande pou kontinye nan Clave SENCE (CS) { $institution } san captcha. Louvri lyen sa a. Li mache yon sèl fwa, pandan 1 èdtan.
mail-captcha-link = Kontinye demach la
mail-captcha-ignore = Si se pa ou ki te mande li, ou ka inyore imèl sa a: san CS ou oswa repons sekrè ou, pèsonn pa ka sèvi ak kont ou.
mail-frozen-subject = Clave SENCE ou bloke
mail-frozen-text = Yo bloke CS ou nan { $institution } nan dat { $date }, paske yon moun di nou li pa rekonèt yon bagay ki fèt. Pèsonn pa ka sèvi ak li jouk ou mande yon nouvo.
mail-frozen-operator = Biwo èd la bloke CS ou nan { $institution } nan dat { $date }. Pèsonn pa ka sèvi ak li jouk ou mande yon nouvo oswa biwo èd la debloke li.
mail-frozen-undone = Nou defèt tou chanjman imèl ak selilè ki fèt nan 3 dènye jou yo: avi yo ak kle yo ale ankò nan sa ou te genyen anvan yo.
mail-frozen-link = Mande yon nouvo CS
mail-unfrozen-subject = Clave SENCE ou debloke
mail-unfrozen-text = Biwo èd la debloke CS ou nan { $institution } nan dat { $date }. CS ou te genyen anvan an mache ankò.
mail-device-subject = Koneksyon sou yon nouvo aparèy
mail-device-text = Yon moun konekte ak CS ou nan { $institution } nan dat { $date } sou yon aparèy nou pa t konnen.
mail-device-agent = Navigatè ak sistèm: { $agent }.
mail-device-yours = Si se te ou menm, ou pa bezwen fè anyen.
mail-test-subject = Mesaj tès Clave SENCE
mail-test-text = Sa a se yon mesaj tès Clave SENCE (CS) { $institution }, moun ki jere sèvis la voye li { $date }. Li pa konsène pèsonn: ou pa bezwen fè anyen.
mail-help = Imèl sa a voye otomatikman; tanpri pa reponn li. Èd: { $contact }.
mail-not-me = Se pa t ou menm? Louvri lyen sa a epi n ap bloke CS ou.
mail-not-me-again = Kenbe imèl sa a: si pita ou wè yon bagay ou pa t fè, louvri lyen sa a epi n ap bloke CS ou ankò.
mail-not-me-link = Se pa t mwen
sms-registered = Clave SENCE: CS ou kreye. Se pa t ou? { $link }
sms-already = Clave SENCE: yon moun eseye enskri RUT ou. Se pa t ou? { $link }
sms-key = Kle pwovizwa: { $key }, bon jouk { $until }. Se pa t ou? { $link }
sms-withheld = CS: kle ou ale nan ansyen kontak ou jouk { $until }. Se pa t ou? { $link }
sms-changed = Clave SENCE: CS ou chanje { $date }. Se pa t ou? { $link }
sms-data = Clave SENCE: enfòmasyon ou chanje { $date }. Se pa t ou? { $link }
sms-data-held = CS: nouvo done; kle yo ale nan ansyen yo jouk { $until }. Se pa t ou? { $link }
sms-captcha = Clave SENCE: pou kontinye, louvri lyen sa a (1 èdtan): { $link } Se pa t ou? { $mine }
sms-frozen = Clave SENCE: CS ou bloke { $date }. Mande yon nouvo: { $link } Pou bloke li ankò: { $mine }
sms-unfrozen = Clave SENCE: CS ou debloke { $date }. Se pa t ou? { $link }
sms-device = Clave SENCE: koneksyon sou yon lòt aparèy { $date }. Se pa t ou? { $link }
sms-test = Clave SENCE: mesaj tès { $date }. Ou pa bezwen fè anyen.

## portal/update_*.html

error-phone-empty = Ekri telefòn selilè ou
update-title = Mete enfòmasyon ajou
update-step-1 = Etap 1 sou 3: Verifye enfòmasyon ou
update-step-2 = Etap 2 sou 3: Enfòmasyon sekirite
update-step-3 = Etap 3 sou 3: Mete enfòmasyon ajou
update-security = Enfòmasyon sekirite
update-security-why = Konsa nou verifye se ou menm sèlman ki ka chanje enfòmasyon pèsonèl ou.
update-question-hint = Chwazi kesyon ou te pran lè ou te enskri a.
update-validate = Verifye
update-continue = Kontinye
update-back = Tounen nan etap 1
update-without-data = Imèl mwen, dat nesans mwen oswa kesyon sekrè mwen pa anrejistre
update-with-key = Ekri CS ou genyen kounye a nan plas enfòmasyon ki pa anrejistre a. Si ou pa gen CS ou non plis, kontakte biwo èd la.
update-no-match = Enfòmasyon yo pa koresponn ak yon moun ki anrejistre. Tcheke RUT la, dat nesans lan ak imèl la.
update-no-match-key = Enfòmasyon yo pa koresponn ak yon moun ki anrejistre. Tcheke RUT la, CS la ak enfòmasyon ou te anrejistre yo.
update-wrong-answer = Kesyon an ak repons lan pa mache ansanm. Tcheke toulède.
birth-format = Fòma: 01-12-1992 (jou-mwa-ane)
email-registered-label = Imèl ou te anrejistre
email-current-label = Imèl ou genyen kounye a
update-review = Gade chanjman yo
update-review-title = Tcheke chanjman ou yo
update-review-text = Nou poko anrejistre anyen. Tcheke enfòmasyon yo epi konfime.
update-no-changes = Okenn enfòmasyon pa chanje.
update-none = (anyen)
update-confirm = Konfime
update-edit-again = Tounen nan enfòmasyon yo
update-done-title = Enfòmasyon ou ajou
update-done-text = Nou anrejistre enfòmasyon ou { $at }.
update-done-held = Pou sekirite ou, jouk { $until } kle pwovizwa yo ale sèlman nan imèl ak selilè ou te genyen anvan an. Avi yo ale nan tout adrès yo.
update-done-again = Si ou te kite yon demach pou mete enfòmasyon ou ajou, rekòmanse li depi nan kòmansman.

## Log in, log out

## First login from a new device (message)

## Systems: consent, errors, logout, devices

system-refused-title = Nou pa ka kontinye
system-refused-what = Sistèm kote ou soti a voye yon demann nou pa ka reponn. Ou pa fè anyen ki mal, epi done ou yo an sekirite.
system-refused-do = Retounen nan sistèm nan epi eseye ankò. Si sa rive ankò, avèti moun ki okipe sistèm sa a.
system-refused-technical = Enfòmasyon pou moun ki okipe sistèm nan
system-back = Retounen nan { $system }
consent-title = Done yon sistèm mande
consent-heading = { $system } mande ou kèk done
consent-intro = Si ou aksepte, { $system } ap konnen done sa yo:
consent-offline = Sistèm nan ap ka li done sa yo tou lè ou pa konekte, jiskaske ou retire pèmisyon an.
consent-key = Sistèm nan pa janm konnen CS ou.
consent-accept = Aksepte epi kontinye
consent-refuse = Pa pataje
consent-withdraw = N ap mande ou ankò sèlman si sistèm nan mande lòt done. Ou ka retire pèmisyon sa a nenpòt lè nan
consent-withdraw-link = Sistèm konekte, nan Kont mwen
consent-sub = Idantifyan
consent-sub-value = Yon kòd ki pa di anyen sou ou
consent-name = Non
consent-given-names = Prenon
consent-surnames = Siyati
consent-birth = Dat nesans
consent-email = Imel
consent-email-confirmed = Imel konfime
consent-phone = Selilè
consent-phone-confirmed = Selilè konfime
consent-address = Adrès kay
consent-run = RUN
consent-language = Lang
consent-updated = Dènye chanjman done ou yo
consent-yes = Wi
consent-no = Non
consent-none = (pa gen done)
system-leave-title = Èske ou vle fèmen sesyon ou?
system-leave-by = { $system } mande pou fèmen sesyon CS ou.
system-leave-by-unknown = Yon sistèm mande pou fèmen sesyon CS ou.
system-leave-what = Lè ou fèmen l, w ap soti tou nan lòt sistèm kote ou te antre ak CS ou nan navigatè sa a.
system-leave-button = Fèmen sesyon
system-leave-stay = Rete konekte
system-left-title = Sesyon ou fèmen
system-left-what = Ou pa konekte ankò ak CS ou nan navigatè sa a.
device-title = Konekte yon aparèy
device-intro = Ekri kòd aparèy ou montre a, pa egzanp yon televizyon oswa yon tèminal.
device-code-label = Kòd aparèy la
device-code-hint = Uit lèt, pa egzanp BCDF-GHJK
device-continue = Kontinye
device-code-empty = Ekri kòd aparèy ou montre a
device-code-shape = Kòd la gen uit lèt, pa egzanp BCDF-GHJK
device-code-unknown = Kòd la pa bon oswa li ekspire. Tcheke l, oswa mande yon lòt sou aparèy ou.
device-confirm-title = Konfime aparèy la
device-confirm-heading = Konekte { $system } sou aparèy ou?
device-warning = Aksepte sèlman si se ou menm ki kòmanse koneksyon an epi aparèy ou montre kòd sa a kounye a. Pèsonn pa dwe mande ou li pa telefòn, imel oswa mesaj.
device-accept = Konekte
device-refuse = Pa konekte
device-done-title = Aparèy ou konekte
device-done-text = Ou ka retounen sou aparèy ou: nan kèk segonn l ap kontinye poukont li.
device-refused-title = Nou pa konekte aparèy la
device-refused-text = Aparèy la pa resevwa okenn done. Si se pa ou ki te kòmanse koneksyon an, ou pa bezwen fè anyen ankò.
device-account = Gade sistèm ki konekte yo

## Mi cuenta

account-title = Kont mwen
account-data = Enfòmasyon mwen
account-systems = Sistèm ki konekte
account-sessions = Sesyon ak aparèy
account-messages = Mesaj
account-activity = Aktivite
account-log-out = Fèmen sesyon an
account-masked = Nou montre yon pati sèlman nan chak enfòmasyon, si ta gen lòt moun k ap gade ekran ou.
account-not-confirmed = poko konfime
account-since = Enskripsyon
account-update = Mete enfòmasyon kontak ou ajou
account-update-text = Ou ka wè ak korije adrès kay ou, imel ou ak selilè ou. N ap fè ou konnen chak chanjman.
account-update-key = Ou te antre gen plis pase 10 minit: tanpri ekri CS ou ankò.
account-update-button = Wè ak mete enfòmasyon m ajou
account-key = Chanje CS ou
account-key-text = Lè ou chanje l, tout sesyon ou yo fèmen, ata sa a.
account-key-link = Chanje CS ou
account-key-wrong = CS la pa kòrèk
account-language = Lang mesaj yo
account-language-label = Lang
account-language-hint = Nou voye imel ak SMS ba ou nan lang sa a. Lang paj yo chwazi anwo a.
account-language-button = Anrejistre lang lan
account-language-choose = Chwazi yon lang
account-language-done = Depi kounye a n ap ekri ou nan lang sa a.
account-unknown-device = Aparèy nou pa rekonèt
account-last-used = Dènye fwa yo sèvi avè l
systems-text = Sistèm sa yo rekonèt CS ou. Ou ka dekonekte nenpòt ladan yo.
systems-none = Poko gen sistèm ki konekte.
systems-since = Konekte depi
systems-data = Enfòmasyon li konnen
systems-data-profile = Non, dat nesans ak lang
systems-data-name = Non
systems-data-email = Imel
systems-data-phone = Selilè
systems-data-address = Adrès kay
systems-data-run = RUN
systems-data-none = Yon kòd sèlman, ki pa di anyen sou ou
systems-offline = Li ka wè enfòmasyon sa yo tou lè ou pa konekte.
systems-disconnect = Dekonekte
systems-disconnected = Sistèm nan dekonekte. Si ou antre ladan l ankò, n ap mande ou ankò ki enfòmasyon li ka konnen.
systems-disconnected-own = Sistèm nan dekonekte. Si ou antre ladan l ankò, l ap konekte ankò.
systems-what = Lè ou dekonekte yon sistèm, li pa resevwa enfòmasyon ou ankò. Sa li te deja resevwa, li kenbe l selon pwòp règ li.
sessions-open = Sesyon ki louvri
sessions-text = Kont ou louvri isit la. Si ou pa rekonèt yon sesyon, fèmen l epi chanje CS ou.
sessions-this = Sesyon sa a
sessions-place = Adrès entènèt apwoksimatif
sessions-since = Louvri depi
sessions-end = Fèmen sesyon an
sessions-end-others = Fèmen tout lòt yo
sessions-ended = Sesyon an fèmen.
sessions-others-ended = Tout lòt sesyon yo fèmen.
sessions-devices = Aparèy nou konnen
sessions-devices-text = Ou te deja antre ak aparèy sa yo. Lè yon moun antre ak yon lòt, nou fè ou konnen.
sessions-no-devices = Pa gen aparèy nou konnen.
sessions-this-device = Aparèy sa a
sessions-known-since = Nou konnen l depi
sessions-last-login = Dènye fwa ou antre
sessions-forget = Bliye
sessions-forgotten = Nou bliye aparèy la epi nou fèmen lòt sesyon ou yo sou li.

## account/messages.html

messages-text = Imèl ak SMS nou te voye ba ou nan 30 dènye jou yo, pi resan yo an premye.
messages-none = Nou pa voye okenn mesaj ba ou nan 30 dènye jou yo.
messages-pages = Paj mesaj yo
messages-contact = Mesaj nou yo pa rive jwenn ou? Tcheke enfòmasyon kontak ou
messages-by-email = pa imèl
messages-by-sms = pa SMS
messages-registered = Avi enskripsyon ou
messages-already-registered = Avi: yon moun te vle enskri RUT ou
messages-provisional-key = Kle pwovizwa
messages-key-withheld = Avi sou yon kle pwovizwa nou te voye nan ansyen kontak ou
messages-key-changed = Avi chanjman CS ou
messages-data-changed = Avi chanjman enfòmasyon ou
messages-captcha-link = Lyen pou kontinye san captcha
messages-frozen = Avi CS ou bloke
messages-unfrozen = Avi CS ou debloke
messages-new-device = Avi koneksyon ak yon nouvo aparèy
messages-other = Mesaj

## Mi cuenta: activity

activity-text = Sa ki pase ak kont ou, pi resan yo an premye.
activity-from = soti { $network }
activity-pages = Paj aktivite yo
activity-newer = Pi resan
activity-older = Pi ansyen
activity-not-me = Èske ou wè yon bagay ou pa t fè?
activity-other = Te gen yon mouvman nan kont ou
activity-registered = Yo te anrejistre CS ou
activity-taken-rut = Yon moun te ranpli enskripsyon an ak RUT ou, ki te deja gen yon CS. Anyen pa chanje
activity-provisional-key = Yo te kreye yon kle pwovizwa
activity-recovery-refused = Yo te mande yon kle pwovizwa ak yon repons ki pa kòrèk
activity-recovery-interrupted = Yo te mande yon kle pwovizwa, men te manke enfòmasyon
activity-key-changed = Yo te chanje CS la
activity-key-changed-provisional = Yo te chanje CS la ak yon kle pwovizwa
activity-key-change-new = CS la pa t chanje: nouvo a pa t respekte règ yo
activity-key-change-refused = Yon moun te eseye chanje CS la ak yon kle ki pa kòrèk
activity-key-change-interrupted = CS la pa t chanje: te manke enfòmasyon
activity-update-refused = Yon moun te eseye mete enfòmasyon ou ajou san li pa pwouve se te ou
activity-data-changed = Enfòmasyon ou yo te mete ajou: { $what }
activity-email-confirmed = Imel ou te konfime
activity-frozen = CS la te bloke apati yon lyen «Se pa t mwen»
activity-frozen-desk = Biwo èd la te bloke CS la
activity-unfrozen = Biwo èd la te debloke CS la
activity-contact-undone = Yo te anile yon chanjman imel oswa selilè
activity-captcha-link = Yo te voye yon lyen pou kontinye san captcha
activity-shown = Biwo èd la te gade kont ou
activity-messages-listed = Biwo èd la te gade kote mesaj ou yo rive
activity-messages-retried = Biwo èd la te mande voye yon mesaj ba ou ankò
activity-logged-in = Antre ak CS ou
activity-login-refused = Tantativ pou antre ak yon kle ki pa kòrèk
activity-login-interrupted = Antre a te kanpe: te manke enfòmasyon
activity-login-provisional = Antre ak kle pwovizwa a: te rete pou chanje l
activity-logged-out = Sesyon an te fèmen
activity-session-account = Yon sesyon te fèmen apati «Kont mwen»
activity-session-system = Yon sesyon te fèmen apati yon sistèm
activity-session-somebody = Yon sesyon te fèmen paske yon lòt moun te antre ak menm navigatè a
activity-session-key = Yon sesyon te fèmen paske CS la chanje
activity-session-frozen = Yon sesyon te fèmen paske CS la te bloke
activity-session-time = Yon sesyon te fini paske tan li pase
activity-system-entered = Ou te antre nan { $system }
activity-consent-given = Ou te kite { $system } konnen enfòmasyon ou
activity-consent-withdrawn = Ou te dekonekte { $system }
activity-token-reused = Pou sekirite, nou koupe aksè { $system }: yon moun sèvi de fwa ak menm pèmisyon an
activity-grant-revoked = { $system } pa gen aksè ankò a enfòmasyon ou
activity-device-granted = Ou te konekte yon aparèy ak { $system }
activity-device-forgotten = Yo te bliye yon aparèy
activity-language-changed = Lang mesaj yo te chanje
activity-attendance-started = Ou kòmanse yon sesyon nan yon kou { $otec }
activity-attendance-closed = Ou fèmen yon sesyon nan yon kou { $otec }
activity-attendance-refused = Yo te eseye anrejistre prezans ou nan yon kou { $otec }, men sa pa t mache
activity-attendance-test = Ou eseye rejis prezans { $otec } (li pa konte)

## Attendance (RCE)

rce-start-title = Kòmanse yon sesyon nan yon kou
rce-close-title = Fèmen yon sesyon nan yon kou
rce-for = W ap anrejistre prezans ou nan yon kou:
rce-course = Kou { $code }
rce-start-heading = Antre CS ou pou kòmanse sesyon an
rce-close-heading = Antre CS ou pou fèmen sesyon an
rce-test = Sa a se yon anviwònman tès: prezans lan pa konte.
rce-time = Ou gen twa minit:
rce-until = jiska { $until }, lè Chili.
rce-time-then = Si ou pa gen ase tan, paj sa a ap tounen poukont li nan kou ou epi ou ka rekòmanse.
rce-rut-hint = Se kou ou ki bay li. Si se pa pa ou, pa kontinye: avèti moun ki responsab kou a.
rce-start-submit = Kòmanse sesyon an
rce-close-submit = Fèmen sesyon an
rce-recover = Mande yon nouvo CS
rce-key-wrong = { $left ->
    [one] CS la pa kòrèk. Ou rete { $left } esè.
   *[other] CS la pa kòrèk. Ou rete { $left } esè.
}
rce-then = Apre sa, rekòmanse depi nan kou ou:
rce-gone-title = Rekòmanse depi nan kou ou
rce-gone-what = Tan pou antre CS ou pase, oswa adrès paj sa a pa konplè.
rce-gone-do = Tounen nan kou ou epi chwazi ankò pou kòmanse oswa fèmen sesyon an.
rce-started-title = Sesyon ou kòmanse
rce-started-text = Nou anrejistre kòmansman prezans ou. Lè ou fini, fèmen sesyon an nan kou ou.
rce-closed-title = Sesyon ou fèmen
rce-closed-text = Nou anrejistre fen prezans ou.
rce-not-started-title = Sesyon an pa kòmanse
rce-not-closed-title = Sesyon an pa fèmen
rce-code = Kòd { $code }
rce-todo-key = Ou ka eseye ankò depi nan kou ou. Si ou pa sonje CS ou, mande yon nouvo nan pòtay sa a.
rce-todo-again = Ou ka rekòmanse depi nan kou ou.
rce-todo-tell = Avèti moun ki responsab kou ou epi ba yo kòd la.
rce-by-itself = Kounye a w ap tounen nan kou ou sou { $host }. Si paj la pa avanse poukont li, peze «Kontinye».
rce-asks = Lè ou kontinye, w ap ale sou sit sa a:
rce-asks-only = Kontinye sèlman si se sit kou ou.
rce-continue = Kontinye
rce-here-title = Nou pa ka tounen nan kou ou
rce-here-what = Kou ou voye yon demann nou pa ka reponn. Ou pa fè anyen mal epi enfòmasyon ou an sekirite.
rce-here-do = Tounen nan kou ou epi eseye ankò. Si sa rive ankò, montre paj sa a bay moun ki responsab li.
rce-here-technical = Enfòmasyon pou moun ki responsab kou a
rce-here-origin = Sa rive tou lè adrès la pa nan lis orijin OTEC la deklare yo, oswa lè li pi long pase sa ki pèmèt.
rce-address-title = Rejis prezans nan kou sou entènèt (RCE)
rce-address-what = Adrès sa a resevwa patisipan ki soti nan kou yo. Lè ou louvri l konsa, li pa fè anyen.
rce-address-participant = Si w ap patisipe nan yon kou
rce-address-participant-text = Antre nan kou ou epi kòmanse sesyon an la. Kou a ap mennen ou nan paj sa a pou antre CS ou.
rce-address-lms = Si ou responsab platfòm yon OTEC
rce-address-lms-text = Bay platfòm ou adrès sa a. Navigatè patisipan an voye yon fòmilè isit la ak POST, ak chan ki nan manyèl entegrasyon RCE, vèsyon 1.1.3.
rce-address-url = Adrès
rce-address-act = Sa li fè
rce-address-start = Li kòmanse yon sesyon
rce-address-close = Li fèmen yon sesyon
rce-address-environment = Anviwònman
rce-address-production = Pwodiksyon
rce-address-test = Tès: prezans lan pa konte
rce-address-contact = Pou jwenn yon token oswa ban nou adrès platfòm ou, kontakte:
rce-code-100 = Modpas la pa kòrèk, oswa itilizatè a pa gen Clave SENCE.
rce-code-200 = Yon oswa plizyè paramèt obligatwa nan POST la vid. Sa rive tou lè non yon paramèt mal ekri (pa egzanp, RutAlumno olye RunAlumno), oswa lè gen espas sèlman nan yon paramèt obligatwa.
rce-code-201 = UrlRetoma, UrlError oswa toulède vid. Toulède paramèt yo obligatwa nan chak POST.
rce-code-202 = UrlRetoma pa byen ekri.
rce-code-203 = UrlError pa byen ekri.
rce-code-204 = Código SENCE a gen mwens pase 10 karaktè, oswa se pa yon kòd valab.
rce-code-205 = Código Curso a gen mwens pase 7 karaktè, oswa se pa yon kòd valab.
rce-code-206 = Liy fòmasyon an (LineaCapacitacion) pa kòrèk.
rce-code-207 = Run Alumno a pa byen ekri, oswa chif verifikasyon li pa kòrèk.
rce-code-208 = Run Alumno a pa gen otorizasyon pou swiv kou a.
rce-code-209 = Rut OTEC a pa byen ekri, oswa chif verifikasyon li pa kòrèk.
rce-code-210 = Tan pou antre RUT ak modpas la pase. Tan an se twa minit.
rce-code-211 = Token an pa pou OTEC la.
rce-code-212 = Token an pa valab ankò.
rce-code-300 = Erè entèn ki pa klase: fòk yo rapòte l bay SENCE ak tout detay posib.
rce-code-301 = Yo pa t ka anrejistre kòmansman oswa fen sesyon an. Sa rive lè liy fòmasyon an pa kòrèk, oswa Código Curso a pa kòrèk.
rce-code-302 = Yo pa t ka valide enfòmasyon òganis la: fòk yo rapòte sa bay SENCE ak tout detay posib.
rce-code-303 = Token an pa egziste, oswa li pa byen ekri.
rce-code-304 = Yo pa t ka verifye enfòmasyon yo te voye yo: fòk yo rapòte sa bay SENCE ak tout detay posib.
rce-code-305 = Yo pa t ka anrejistre enfòmasyon an: fòk yo rapòte sa bay SENCE ak tout detay posib.
rce-code-306 = Código Curso a pa koresponn ak Código SENCE a.
rce-code-307 = Código Curso a pa gen modalite e-learning.
rce-code-308 = Código Curso a pa koresponn ak RUT OTEC la.
rce-code-309 = Dat yo te bay pou Código Curso a pa koresponn ak dat jodi a.
rce-code-310 = Código Curso a nan eta Terminado oswa Anulado (fini oswa anile).
