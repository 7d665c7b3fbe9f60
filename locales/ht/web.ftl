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
captcha-sound = Ou pa ka wè imaj la? Koute kèk chif epi ekri yo nan plas lèt yo.
captcha-listen = Koute kòd la
captcha-label = Captcha
captcha-cannot = Mwen pa ka sèvi ak captcha a
notice-success = Siksè
notice-error = Erè
notice-important = Enpòtan
key-print = Mete kle a lè w ap enprime paj sa a
changes-before = Anvan:
changes-after = Kounye a:
changes-change = Chanje

## portal.js, nan atribi <script> li nan layout.html

script-show = Montre
script-hide = Kache
script-visible = Yo ka wè kle ou
script-hidden = Kle ou kache
script-copy = Kopye
script-copied = Kle a kopye
script-met = bon
script-missing = manke
script-count = Karaktè ou ekri:

## Mesaj sèvè a ak portal.js montre ak menm mo yo

error-rut-shape = RUT la dwe gen chif ak yon chif verifikasyon, pa egzanp 12.345.678-5
error-rut-digit = Chif verifikasyon an pa koresponn. Tcheke RUT ou.
error-email-shape = Ekri yon adrès imel tankou non@egzanp.cl
error-key-rules = Kle ou poko respekte tout règ ki nan lis la
error-key-repeat = De kle yo pa menm. Ekri yo ankò.

## kit/fields.rs: sa ki pa ka li nan yon espas

flaw-too-long = Tèks la twò long. Ekri youn ki pi kout.
flaw-garbled = Tèks la gen karaktè ki pa ka li. Ekri li ankò.
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
forbidden-title = Paj sa a pa disponib pou ou
forbidden-what = Paj la egziste, men li pa ka louvri depi isit la.
forbidden-do = Tounen sou paj dakèy la epi chwazi sa ou vle fè.
forged-title = Pou sekirite, nou pa pran fòmilè a
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
gone-what = Lyen an oswa demach la fini, paske yo te deja sèvi ak li oswa paske delè a pase.
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
fault-what = Pwoblèm nan se pa nou, se pa pa ou. Nou pa ka montre paj sa a kounye a.
fault-do = Eseye ankò nan kèk minit.
busy-title = Sèvis la okipe anpil
busy-what = Anpil moun ap sèvi ak sèvis la nan moman sa a, oswa n ap relanse li.
busy-do = Tann kèk segond epi eseye ankò.

## portal/home.html

cs-purpose = Sistèm enskripsyon pou moun fizik, migran ak moun moral, kote itilizatè a ka jwenn CS (Clave Sence) li pou li antre nan lòt sistèm Sence yo.
home-title = Paj dakèy
home-at-hand = Anvan ou enskri, prepare kat idantite ou, imel ou ak telefòn selilè ou.
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
names-label = Non
names-hint = Jan yo ye sou kat idantite ou
surname-label = Premye siyati
second-surname-label = Dezyèm siyati
second-surname-hint = Kite li vid si ou pa genyen
birth-label = Dat nesans
birth-hint = Jou, mwa ak ane, pa egzanp 01 12 1992
address-legend = Kote ou rete
street-label = Adrès lakay ou
street-hint = Pasaj oswa lari
number-label = Nimewo adrès la
block-label = Blòk
flat-label = Nimewo apatman
region-label = Rejyon
comuna-label = Komin
comuna-hint = Komin yo gwoupe pa rejyon
place-choose = Chwazi
contact-legend = Enfòmasyon kontak
email-label = Imel
email-hint = Pa egzanp, non@egzanp.cl
phone-label = Selilè
phone-hint = Pa egzanp, 9 1234 5678. N ap avèti ou pa SMS tou.
rut-label = Rut
rut-hint = Pa egzanp, 12.345.678-5
question-label = Kesyon sekrè
answer-label = Repons sekrè
retype-key = Ekri kle ou ankò
retype-answer = Ekri repons ou ankò

## Règ pou yon nouvo kle

key-rules-title = Kle ou dwe respekte règ sa yo:
key-rule-length = { $max } karaktè pou pi plis. { $min } pou pi piti.
key-rule-varied = Li pa yon sèl karaktè ki repete ni yon sekans tankou 12345678.
key-rule-rut = Li pa gen RUT ou ladan li.
key-rule-personal = Li pa gen non ou, imel ou ni dat nesans ou ladan li.
key-rule-common = Li pa yon kle anpil moun itilize, tankou «password».

## Mesaj sou yon enfòmasyon (portal/words.rs)

error-rut-empty = Ekri RUT ou
error-rut-legal = RUT sa a se pou yon moun moral. Se moun fizik ki enskri isit la.
error-question-empty = Chwazi yon kesyon sekrè
error-answer-empty = Ekri repons sekrè ou
error-answer-short = Repons lan dwe gen omwen 3 lèt oswa chif
error-answer-common = Anpil moun bay menm repons lan. Chwazi yon lòt repons.
error-answer-in-question = Repons lan nan kesyon an menm. Chwazi yon lòt repons.
error-answer-personal = Repons lan pa ka fè pati RUT ou, non ou, imel ou oswa dat nesans ou
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
error-email-empty = Ekri imel ou
error-phone-shape = Ekri yon selilè chilyen ki gen 9 chif, pa egzanp 9 1234 5678
error-text-long = Ekri { $max } karaktè pou pi plis
error-key-empty = Ekri yon kle
error-key-again = Repete kle a
error-key-short = Kle a dwe gen omwen { $min } karaktè
error-key-long = Kle a dwe gen { $max } karaktè pou pi plis
error-key-unprintable = Kle a gen karaktè moun pa ka wè. Ekri li alamen.
error-key-common = Anpil moun itilize kle sa a. Chwazi yon lòt.
error-key-sequence = Kle a pa ka yon sèl karaktè ki repete ni yon sekans
error-key-personal = Kle a pa ka gen RUT ou, non ou, imel ou oswa dat nesans ou ladan li
error-captcha-empty = Ekri lèt ki nan imaj la, oswa chif ou tande yo
error-captcha-wrong = Lèt yo pa koresponn ak imaj la, oswa tan an pase. Ekri lèt nouvo imaj la.

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
register-intro = Prepare kat idantite ou, imel ou ak telefòn selilè ou.
register-information = Enfòmasyon enskripsyon
register-person = Enfòmasyon pèsonèl
key-legend = Clave Sence
key-label = Kle CS
key-again-label = Repete kle CS
register-submit = Antre
registered-title = Nou resevwa enskripsyon ou
registered-text = Nou resevwa enfòmasyon ou. Nou voye yon mesaj ba ou ak rezilta a.
registered-next = Kisa k ap vini apre
registered-email = Nan 10 minit k ap vini yo yon imel ap rive nan:
registered-confirm = Louvri lyen ki nan imel sa a pou konfime adrès la se pou ou.
registered-phone = Nou voye yon SMS tou nan:
registered-nothing = Si ou pa resevwa anyen, gade nan dosye imel endezirab yo. Si adrès la gen yon erè, enskri ankò.

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
help-one-key = Ou gen yon sèl CS. Li sèvi pou tout sistèm enstitisyon an, epi pèsòn lòt pa dwe konnen li.
help-before = Sa ou bezwen anvan ou enskri
help-before-rut = Kat idantite ou: w ap kopye RUT ou, non ou ak dat nesans ou ladan li.
help-before-contact = Yon adrès imel ou konn li. Li bon tou pou ou gen yon telefòn selilè.
help-before-address = Adrès ou, ak rejyon epi komin.
help-before-question = Yon kesyon sekrè ak yon repons se ou sèl ki konnen. W ap bezwen li si ou bliye CS ou.
help-register = Kijan pou enskri
help-register-text = Ranpli fòmilè a, chwazi CS ou epi peze «Antre». Si yon bagay manke, paj la di ou kisa li ye epi li kenbe sa ou te ekri. Lè ou fini, w ap resevwa yon imel.
help-register-link = Ale nan enskripsyon an
help-key = Kijan CS ou dwe ye
help-key-length = Li gen ant { $min } ak { $max } karaktè.
help-key-content = Ou ka sèvi ak lèt, chif, espas ak siy. Majiskil ak miniskil pa menm.
help-key-refused = Li pa ka gen RUT ou, non ou, imel ou oswa dat nesans ou ladan li. Li pa ka yon kle twò komen non plis.
help-key-secret = Pa bay pèsòn li. Okenn anplwaye pa p mande ou li.
help-recover = Si ou bliye CS ou
help-recover-text = Ekri RUT ou epi reponn kesyon sekrè ou. W ap resevwa yon kle pwovizwa ki dire { $hours } èdtan. Avèk li ou ka chanje CS ou, anyen plis. Ansyen CS ou a rete bon jouk ou chanje li.
help-recover-late = Kle pwovizwa a rive nan imel ou, ak nan selilè ou si ou te anrejistre li, nan 10 minit k ap vini yo. Si li pa rive, gade nan dosye imel endezirab yo epi mande yon lòt.
help-recover-link = Mande yon nouvo CS
help-change = Kijan pou chanje CS ou
help-change-text = Ekri RUT ou, CS ou genyen an oswa kle pwovizwa ou, epi de fwa nouvo CS la. Lè ou chanje li, tout sesyon ou yo fèmen epi kle pwovizwa yo anile.
help-change-link = Chanje CS ou
help-update = Kijan pou mete enfòmasyon ou ajou
help-update-text = Gen twa etap. Dabò ekri RUT ou, dat nesans ou ak imel ou te anrejistre a. Apre sa reponn kesyon sekrè ou. Pou fini, korije adrès ou ak enfòmasyon kontak ou.
help-update-link = Mete enfòmasyon ou ajou
help-captcha = Si ou pa ka li imaj sekirite a
help-captcha-text = Peze «Chanje imaj la» pou wè yon lòt imaj, oswa «Koute kòd la» pou tande kèk chif epi ekri yo. Majiskil ak miniskil se menm bagay. Sa ou te deja ekri a rete, sòf kle yo ak repons sekrè a.
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
privacy-contact = Imel ak selilè
privacy-contact-why = Pou nou voye kle pwovizwa ou epi avèti ou chak fwa CS ou chanje.
privacy-secrets = CS, kesyon sekrè ak repons sekrè
privacy-secrets-why = Pou nou verifye se ou menm. Pèsòn pa ka li ni CS ou ni repons ou, nou menm tou pa ka.
privacy-record = Rejis aktivite
privacy-record-why = Nou kenbe sa yo te fè ak CS ou, kilè, ak ki adrès entènèt, pou nou mennen ankèt sou abi epi reponn plent ou.
privacy-how = Kijan nou pwoteje yo
privacy-how-sealed = Non ou, dat nesans ou, adrès ou, imel ou ak selilè ou anrejistre chifre.
privacy-how-hashed = Nan CS ou ak repons sekrè ou, nou kenbe sèlman yon anprent ki pa ka tounen tèks la ankò.
privacy-how-third = Pòtay sa a pa gen piblisite, li pa mezire sa w ap fè epi li pa chaje anyen ki soti sou lòt sit.
privacy-cookies = Cookies
privacy-cookies-text = Pòtay sa a sèvi sèlman ak cookies li bezwen pou li mache:
privacy-cookie-session = mete ansanm etap yon menm demach nan navigatè ou. Li efase lè ou fèmen navigatè a.
privacy-cookie-lang = sonje lang ou te chwazi a, pandan yon ane.
privacy-rights = Dwa ou
privacy-rights-text = Ou ka konnen epi korije enfòmasyon ou. Ou ka korije adrès ou ak enfòmasyon kontak ou poukont ou:
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
access-gap-captcha = Enskripsyon an mande yon kòd sekirite nan imaj oswa nan son. Moun ki pa ka wè ni tande bezwen biwo èd la.
access-gap-sign = Pa gen videyo nan lang siy chilyen.
access-gap-tests = Nou tcheke pòtay la ak zouti otomatik epi ak klavye. Nou poko eseye li ak moun andikape.
access-tell = Fè nou konnen si gen yon pwoblèm
access-tell-text = Si yon bagay anpeche ou sèvi ak pòtay la, di nou ki paj ak ki aparèy. Kontakte:

## messages/: imèl ak SMS. Sijè yo pa nonmen pèsonn. SMS yo rete nan alfabè GSM-7 (è, ò ak à ladan l).

mail-registered-subject = Enskripsyon ou nan Clave SENCE
mail-registered-text = Ou enskri nan Clave SENCE (CS) { $institution }. Ak RUT ou ak CS ou, ou ka antre nan sistèm enstitisyon an.
mail-confirm-text = Pou konfime imèl sa a se pa ou, louvri lyen sa a. Li bon pandan 72 èdtan.
mail-confirm-link = Konfime imèl mwen
mail-already-subject = Yon moun eseye enskri ak RUT ou
mail-already-text = Yon moun ranpli enskripsyon nan Clave SENCE (CS) { $institution } ak RUT ou, ki deja gen yon CS. Nou pa chanje anyen. Si se te ou menm epi ou bliye CS ou, mande yon nouvo isit la.
mail-already-link = Mande yon nouvo CS
mail-key-subject = Kle pwovizwa ou pou Clave SENCE
mail-key-text = Yo kreye yon kle pwovizwa, ki se: { $key }. Kle sa a (pwovizwa) dire { $hours } èdtan apati dat sa a: { $date }.
mail-key-change = Pou chanje kle pwovizwa ou a pou yon CS pèmanan, tanpri ale isit la.
mail-key-link = Chanje CS
mail-key-current = Toutotan ou pa chanje l, CS ou genyen kounye a ap kontinye mache. Pa bay pèsonn kle sa a: nou p ap janm mande w li nan telefòn ni nan imèl.
mail-changed-subject = Clave SENCE ou chanje
mail-changed-text = CS ou nan { $institution } chanje { $date }. Ansyen kle yo ak kle pwovizwa yo pa mache ankò.
mail-data-subject = Done ou nan Clave SENCE chanje
mail-data-text = Done ou nan Clave SENCE (CS) { $institution } mete ajou { $date }.
mail-captcha-subject = Lyen pou kontinye nan Clave SENCE
mail-captcha-text = Ou mande pou kontinye nan Clave SENCE (CS) { $institution } san kaptcha. Louvri lyen sa a. Li mache yon sèl fwa, pandan 1 èdtan.
mail-captcha-link = Kontinye
mail-captcha-ignore = Si se pa ou ki te mande l, inyore imèl sa a: san CS ou oswa repons sekrè ou, pèsonn pa ka sèvi ak kont ou.
mail-frozen-subject = Clave SENCE ou bloke
mail-frozen-text = CS ou nan { $institution } bloke { $date }, paske yon moun di li pa rekonèt yon mouvman. Pèsonn pa ka sèvi avè l jiskaske ou mande yon nouvo.
mail-frozen-link = Mande yon nouvo CS
mail-help = Imèl sa a voye otomatikman; tanpri pa reponn li. Èd: { $contact }.
mail-not-me = Se pa t ou menm? Louvri lyen sa a epi n ap bloke CS ou.
mail-not-me-link = Se pa t mwen
sms-registered = Clave SENCE: CS ou kreye. Se pa t ou? { $link }
sms-already = Clave SENCE: yon moun eseye enskri RUT ou. Se pa t ou? { $link }
sms-key = CS pwovizwa: { $key }, bon jiska { $until }. Se pa t ou? { $link }
sms-changed = Clave SENCE: CS ou chanje { $date }. Se pa t ou? { $link }
sms-data = Clave SENCE: done ou chanje { $date }. Se pa t ou? { $link }
sms-captcha = Clave SENCE: pou kontinye, louvri lyen sa a (1 èdtan): { $link }
sms-frozen = Clave SENCE: CS ou bloke { $date }. Mande yon nouvo: { $link }
