### Todos los textos del portal: la fuente. i18n-embed-fl comprueba al compilar los identificadores y argumentos de un solo archivo por
### idioma, por eso cada página tiene aquí su sección. Los textos que la guía cita van palabra por palabra.

## layout.html

layout-product = Clave SENCE (CS)
layout-name = Clave Sence - (CS)
layout-description = Obtenga, recupere y cambie su Clave SENCE (CS), y actualice sus datos.
layout-skip = Saltar al contenido principal
layout-menu = Menú principal
layout-notice = Aviso del servicio
menu-register = Regístrese
menu-recover = Solicitar CS
menu-change = Cambiar CS
menu-update = Actualizar datos
menu-help = Más información
menu-account = Mi cuenta
footer-help = Ayuda
footer-accessibility = Accesibilidad
footer-privacy = Privacidad
contact-phone = Teléfono:

## kit/form.html

form-error = Error:
form-problem = Hay un problema
form-mandatory = Los campos marcados con un asterisco (*) son obligatorios.
form-day = Día
form-month = Mes
form-year = Año
captcha-legend = Validación de seguridad anti-Robots
captcha-explanation = Queremos asegurarnos de que es una persona real quien está utilizando este sistema. Por favor, ingrese en el cuadro de texto las letras que muestra la siguiente imagen:
captcha-alt = Imagen con seis letras en dos filas de tres. Si no puede verla, escuche el código más abajo.
captcha-refresh = Refrescar
captcha-sound = ¿No puede ver la imagen? Escuche unos números e ingréselos en lugar de las letras.
captcha-listen = Escuchar el código
captcha-label = Captcha
captcha-now = Hubo varios intentos desde aquí o con este RUT. Para seguir, complete lo que quedó vacío e ingrese las letras de la imagen.
captcha-cannot = No puedo usar el captcha
notice-success = Éxito
notice-error = Error
notice-important = Importante
key-print = Incluir la clave al imprimir esta página
changes-before = Antes:
changes-after = Ahora:
changes-change = Cambiar

## portal.js, por atributos de su <script> en layout.html

script-show = Mostrar
script-hide = Ocultar
script-visible = Su clave está visible
script-hidden = Su clave está oculta
script-copy = Copiar
script-copied = Clave copiada
script-met = cumple
script-missing = falta
script-count = Caracteres escritos:

## Mensajes que muestran el servidor y portal.js con las mismas palabras

error-rut-shape = El RUT debe tener números y un dígito verificador, por ejemplo 12.345.678-5
error-rut-digit = El dígito verificador no corresponde. Revise su RUT.
error-email-shape = Ingrese un correo electrónico como nombre@ejemplo.cl
error-key-rules = Su clave todavía no cumple todas las reglas de la lista
error-key-repeat = Las dos claves no son iguales. Vuelva a escribirlas.

## kit/fields.rs: lo que no se puede leer de un campo

flaw-too-long = El texto es demasiado largo. Escriba uno más corto.
flaw-garbled = El texto tiene caracteres que no se pueden leer. Vuelva a escribirlo.
flaw-control = Escriba el texto en una sola línea y sin tabulaciones. Si lo pegó, escríbalo a mano.
flaw-form-too-large = El formulario es demasiado grande. Escriba menos texto.

## kit/errors.rs: páginas de error

error-again = Volver a empezar en esta página
error-home = Ir a la portada
error-help = Ver la ayuda
error-reference = Número de referencia:
error-contact = Si el problema continúa, comuníquese con nosotros e indique el número de referencia.
bad-request-title = No pudimos entender la solicitud
bad-request-what = Los datos llegaron incompletos o dañados.
bad-request-do = Vuelva a la página anterior e inténtelo otra vez.
forged-title = Por seguridad, no recibimos el formulario
forged-what = La página estuvo abierta demasiado tiempo, o su navegador no acepta cookies. No se guardó ni se cambió nada.
forged-do = Permita las cookies de este sitio, abra de nuevo el formulario y complételo otra vez.
not-found-title = No encontramos esta página
not-found-what = La dirección no existe o cambió.
not-found-do = Revise la dirección, o elija en la portada lo que desea hacer.
method-title = Esta dirección no se puede usar así
method-what = La página existe, pero no recibe este tipo de solicitud.
method-do = Abra la página desde la portada.
slow-title = El formulario tardó demasiado en llegar
slow-what = La conexión se interrumpió o es muy lenta. No se guardó ni se cambió nada.
slow-do = Revise su conexión a internet y envíe el formulario otra vez.
gone-title = Esta página ya no está disponible
gone-what = El enlace o el trámite terminó, porque ya se usó o porque pasó su plazo.
gone-do = Empiece el trámite de nuevo.
large-title = El formulario es demasiado grande
large-what = Se enviaron más datos de los que este sitio puede recibir. No se guardó ni se cambió nada.
large-do = Abra de nuevo el formulario y escriba menos texto.
not-a-form-title = No pudimos leer el formulario
not-a-form-what = Los datos llegaron en un formato que este sitio no usa.
not-a-form-do = Abra de nuevo el formulario y envíelo desde su navegador.
too-many-title = Demasiados intentos
too-many-what = Para proteger las claves de todas las personas, hay un límite de intentos.
too-many-do = { $minutes ->
    [one] Espere { $minutes } minuto y vuelva a intentarlo.
   *[other] Espere { $minutes } minutos y vuelva a intentarlo.
}
fault-title = Tuvimos un problema
fault-what = El problema es nuestro, no suyo. No podemos mostrar esta página ahora.
fault-do = Inténtelo otra vez en unos minutos.
busy-title = El servicio está muy ocupado
busy-what = Muchas personas usan el servicio en este momento, o lo estamos reiniciando.
busy-do = Espere unos segundos e inténtelo otra vez.

## portal/home.html

cs-purpose = Sistema de registro para personas naturales, migrantes y jurídicas, en el cual el usuario podrá obtener su CS (Clave Sence) para ingresar a los otros sistemas de Sence.
home-title = Portada
home-at-hand = Antes de registrarse, tenga a mano su cédula de identidad, su correo electrónico y su teléfono celular.
home-natural = Persona Natural (con cédula de identidad nacional)
home-legal = Persona Jurídica (Empresa | OTEC | OTIC)
home-register = Regístrese Aquí
home-recover = Solicitar Una Nueva CS Aquí
home-change = Cambie Su CS Aquí
home-update = Actualice Sus Datos Aquí
home-facilitator = Solicitud de CS para Facilitador Extranjero
home-of-natural = persona natural
home-of-legal = persona jurídica
home-migrants = Migrantes
home-migrants-text = Si usted es extranjero y tiene una cédula de identidad chilena, use las opciones de persona natural. El RUT está impreso en su cédula.

## Campos de una persona, en el registro y en la actualización (portal/person.html)

form-mandatory-note = (*) Campos obligatorios.
question-choose = Seleccione...
names-label = Nombres
names-hint = Como aparecen en su cédula de identidad
surname-label = Apellido Paterno
second-surname-label = Apellido Materno
second-surname-hint = Déjelo vacío si no tiene
birth-label = Fecha de Nacimiento
birth-hint = Por ejemplo, 01 12 1992
address-legend = Domicilio
street-label = Dirección Particular
street-hint = Pasaje o Calle, Dirección
number-label = N° de Dirección Particular
block-label = Block
flat-label = N° de Departamento
region-label = Región
comuna-label = Comuna
comuna-hint = Las comunas están agrupadas por región
place-choose = Seleccione
contact-legend = Datos de Contacto
email-label = Email
email-hint = Por ejemplo, nombre@ejemplo.cl
phone-label = Celular
phone-hint = Por ejemplo, 9 1234 5678. Le avisaremos también por SMS.
phone-hint-abroad = Un celular chileno, por ejemplo 9 1234 5678, o un número de otro país con su código, por ejemplo +54 9 11 2345 6789. Le avisaremos también por SMS.
rut-label = Rut
rut-hint = Por ejemplo, 12.345.678-5
question-label = Pregunta Secreta
answer-label = Respuesta Secreta
retype-key = Vuelva a escribir su clave
retype-answer = Vuelva a escribir su respuesta

## Reglas de una clave nueva

key-rules-title = Su clave debe cumplir estas reglas:
key-rule-length = Máximo { $max } caracteres. Mínimo { $min }.
key-rule-varied = No es un solo carácter repetido ni una secuencia como 12345678.
key-rule-rut = No contiene su RUT.
key-rule-personal = No contiene sus nombres, su correo electrónico ni su fecha de nacimiento.
key-rule-common = No es una clave muy usada, como «password».

## Mensajes sobre un dato (portal/words.rs)

error-rut-empty = Ingrese su RUT
error-rut-legal = Este RUT es de una persona jurídica. Aquí se registran personas naturales.
error-question-empty = Elija una pregunta secreta
error-answer-empty = Ingrese su respuesta secreta
error-answer-short = La respuesta debe tener al menos 3 letras o números
error-answer-common = Muchas personas responden lo mismo. Elija otra respuesta.
error-answer-in-question = La respuesta está en la misma pregunta. Elija otra respuesta.
error-answer-personal = La respuesta no puede ser parte de su RUT, sus nombres, su correo electrónico ni su fecha de nacimiento
error-names-empty = Ingrese sus nombres
error-surname-empty = Ingrese su apellido paterno
error-names-characters = Use solo letras, espacios, guiones, puntos y apóstrofos
error-birth-empty = Ingrese su fecha de nacimiento
error-birth-incomplete = Ingrese el día, el mes y el año de su nacimiento
error-birth-no-such-day = Esta fecha no existe. Escríbala como 01 12 1992.
error-birth-future = La fecha de nacimiento debe ser anterior a hoy
error-birth-too-long-ago = Revise el año de su nacimiento
error-street-empty = Ingrese su dirección
error-number-empty = Ingrese el número de su dirección. Si no tiene, escriba S/N.
error-address-characters = Use solo letras, números y signos como . , - # / °
error-region-empty = Elija su región
error-comuna-empty = Elija su comuna
error-comuna-elsewhere = Esta comuna no pertenece a la región elegida. Elija otra comuna u otra región.
error-email-empty = Ingrese su correo electrónico
error-phone-shape = Ingrese un celular chileno de 9 dígitos, por ejemplo 9 1234 5678
error-phone-shape-abroad = Ingrese un celular chileno de 9 dígitos, por ejemplo 9 1234 5678, o un número de otro país que empiece con + y su código
error-text-long = Escriba como máximo { $max } caracteres
error-key-empty = Ingrese una clave
error-key-again = Repita la clave
error-key-short = La clave debe tener al menos { $min } caracteres
error-key-long = La clave debe tener como máximo { $max } caracteres
error-key-unprintable = La clave tiene caracteres que no se ven. Escríbala a mano.
error-key-common = Muchas personas usan esta clave. Elija otra.
error-key-sequence = La clave no puede ser un solo carácter repetido ni una secuencia
error-key-personal = La clave no puede contener su RUT, sus nombres, su correo electrónico ni su fecha de nacimiento
error-captcha-empty = Ingrese las letras de la imagen, o los números que escuchó
error-current-key-empty = Ingrese su CS actual
error-link-used = El enlace ya se usó, pasó su plazo o es de otro RUT. Pida otro, o use el captcha.
error-already-sent = Este formulario ya se envió. Complételo otra vez.
error-captcha-wrong = Las letras no corresponden a la imagen, o pasó su tiempo. Ingrese las de la imagen nueva.

## Preguntas secretas

question-1 = ¿Cómo se llamaba su primera mascota?
question-2 = ¿En qué calle jugaba cuando era niño o niña?
question-3 = ¿Cómo se llamaba su primer profesor o profesora?
question-4 = ¿Qué comida no le gustaba cuando era niño o niña?
question-5 = ¿Cuál fue el primer libro que recuerda haber leído?
question-6 = ¿A qué lugar viajó en sus primeras vacaciones?
question-7 = ¿Cómo se llamaba su mejor amigo o amiga de la infancia?
question-8 = ¿Cuál fue el primer juguete que recuerda?
question-9 = ¿Qué quería ser cuando grande?
question-10 = ¿Qué canción cantaban en su casa?
question-11 = ¿En qué lugar tuvo su primer trabajo?
question-12 = ¿Cómo le decían cuando era niño o niña?

## portal/register.html

register-title = Registro de persona natural
register-intro = Tenga a mano su cédula de identidad, su correo electrónico y su teléfono celular.
register-information = Información de Registro
register-person = Datos Personales
key-legend = Clave Sence
key-label = Clave CS
key-again-label = Repetir Clave CS
register-submit = Ingresar
registered-title = Su registro fue recibido
registered-text = Recibimos sus datos. Le enviamos un mensaje con el resultado.
registered-next = Qué sigue ahora
registered-email = Dentro de los próximos 10 minutos llegará un correo electrónico a:
registered-confirm = Abra el enlace de ese correo para confirmar que la dirección es suya.
registered-phone = También enviamos un SMS a:
registered-nothing = Si no recibe nada, revise la carpeta de correo no deseado. Si la dirección tiene un error, comuníquese con la mesa de ayuda.

## portal/legal.html

legal-title = Personas jurídicas
legal-explanation = Este portal todavía no ofrece la CS para empresas, OTEC y OTIC.
facilitator-title = Facilitador extranjero
facilitator-explanation = Este portal todavía no recibe solicitudes de CS para facilitadores extranjeros.
legal-whom = Para obtener ayuda, comuníquese con:
legal-natural = Si necesita una CS para usted, como persona natural, puede obtenerla aquí.
legal-natural-link = Regístrese como persona natural

## portal/help.html

help-title = Ayuda
help-what = Qué es la CS
help-one-key = Usted tiene una sola CS. Sirve para todos los sistemas de la institución, y nadie más debe conocerla.
help-before = Qué necesita antes de registrarse
help-before-rut = Su cédula de identidad: de ella copiará su RUT, sus nombres y su fecha de nacimiento.
help-before-contact = Un correo electrónico que usted lea. También conviene un teléfono celular.
help-before-address = Su dirección, con región y comuna.
help-before-question = Una pregunta secreta y una respuesta que solo usted conozca. La necesitará si olvida su CS.
help-register = Cómo registrarse
help-register-text = Complete el formulario, elija su CS y presione «Ingresar». Si falta algo, la página le dice qué es y conserva lo que escribió. Al terminar, recibirá un correo electrónico.
help-register-link = Ir al registro
help-key = Cómo debe ser su CS
help-key-length = Tiene entre { $min } y { $max } caracteres.
help-key-content = Puede usar letras, números, espacios y signos. Las mayúsculas y las minúsculas son distintas.
help-key-refused = No puede contener su RUT, su nombre, su correo electrónico ni su fecha de nacimiento. Tampoco puede ser una clave muy común.
help-key-secret = No la comparta. Ningún funcionario se la pedirá.
help-recover = Si olvidó su CS
help-recover-text = Ingrese su RUT y responda su pregunta secreta. Recibirá una clave provisoria que dura { $hours } horas. Con ella puede cambiar su CS, y nada más. Su CS anterior sigue vigente hasta que la cambie.
help-recover-late = La clave provisoria llega a su correo electrónico, y a su celular si lo registró, dentro de los próximos 10 minutos. Si no llega, revise la carpeta de correo no deseado y solicite otra.
help-recover-link = Solicitar una nueva CS
help-change = Cómo cambiar su CS
help-change-text = Ingrese su RUT, su CS actual o su clave provisoria, y dos veces la CS nueva. Al cambiarla se cierran todas sus sesiones y se anulan las claves provisorias.
help-change-link = Cambiar su CS
help-update = Cómo actualizar sus datos
help-update-text = Son tres pasos. Primero ingrese su RUT, su fecha de nacimiento y su correo registrado. Luego responda su pregunta secreta. Por último, corrija su domicilio y sus datos de contacto.
help-update-link = Actualizar sus datos
help-account = Qué hay en «Mi cuenta»
help-account-text = Ahí ve sus datos, los sistemas que los conocen, sus sesiones y dispositivos, los mensajes que le enviamos y lo que se hizo con su CS. Puede desconectar un sistema, cerrar una sesión u olvidar un dispositivo. Para entrar necesita su CS.
help-sessions = Cuándo termina su sesión
help-sessions-text = Si deja de usar su sesión, termina sola después de un tiempo. En un equipo compartido, ciérrela usted: abra «Mi cuenta» y presione «Cerrar sesión».
help-captcha = Si no puede leer la imagen de seguridad
help-captcha-text = Presione «Refrescar» para ver otra imagen, o «Escuchar el código» para oír unos números y escribirlos. No importa si usa mayúsculas o minúsculas. Lo que ya escribió se conserva, excepto las claves y la respuesta secreta.
help-not-me = Si recibe un aviso de algo que usted no hizo
help-not-me-text = Abra el enlace del mismo aviso para bloquear su CS. Después solicite una nueva CS, o comuníquese con la mesa de ayuda.
help-contact = Contacto
help-contact-text = Si no puede resolver su problema aquí, comuníquese con:

## portal/privacy.html

privacy-title = Privacidad
privacy-who = { $institution } es responsable de los datos que usted entrega en este portal. Los usa para darle una CS y para saber que es usted quien entra a los sistemas de la institución.
privacy-which = Qué datos guardamos y para qué
privacy-identity = RUT, nombres y fecha de nacimiento
privacy-identity-why = Para saber quién es usted y comprobarlo cuando actualiza sus datos.
privacy-address = Dirección, región y comuna
privacy-address-why = Forman parte de los datos mínimos que piden los sistemas de la institución.
privacy-contact = Correo electrónico y celular
privacy-contact-why = Para enviarle su clave provisoria y avisarle de cada cambio en su CS.
privacy-secrets = CS, pregunta secreta y respuesta secreta
privacy-secrets-why = Para comprobar que es usted. Nadie puede leer su CS ni su respuesta, tampoco nosotros.
privacy-record = Registro de actividad
privacy-record-why = Guardamos qué se hizo con su CS, cuándo y desde qué dirección de internet, para investigar abusos y responder a sus reclamos.
privacy-systems = Sistemas conectados
privacy-systems-why = Guardamos a qué sistemas entró y qué datos les permitió conocer. Los de la institución reciben los que necesitan; a los demás no les damos nada sin preguntarle. En «Mi cuenta» puede desconectarlos.
privacy-attendance = Asistencia a cursos
privacy-attendance-why = Cuando registra su asistencia a un curso con su CS, guardamos de qué OTEC y de qué curso es, y cuándo empezó y terminó. El OTEC del curso recibe esos datos.
privacy-sessions = Sesiones y dispositivos
privacy-sessions-why = Guardamos desde qué navegador, sistema y dirección de internet ingresó, y cuándo, para que usted reconozca lo que no es suyo.
privacy-how = Cómo los cuidamos
privacy-how-sealed = Sus nombres, fecha de nacimiento, dirección, correo y celular se guardan cifrados.
privacy-how-hashed = De su CS y su respuesta secreta se guarda solo una huella, de la que no se puede volver al texto.
privacy-how-third = Este portal no usa publicidad, no mide su navegación y no carga nada de otros sitios.
privacy-cookies = Cookies
privacy-cookies-text = Las cookies son textos breves que su navegador guarda. Este portal usa solo las que necesita para funcionar:
privacy-cookie-session = une los pasos de un mismo trámite, protege los formularios y mantiene su sesión. Se crea al abrir un formulario o al ingresar. No contiene datos suyos. Se borra al cerrar el navegador.
privacy-cookie-device = recuerda que este navegador es suyo, para avisarle de los ingresos desde otros y para que los intentos ajenos no le impidan entrar. Se crea cuando usted demuestra quién es, y dura un año desde la última vez.
privacy-cookie-lang = recuerda el idioma que usted eligió, durante un año. Se crea solo si usted elige un idioma.
privacy-rights = Sus derechos
privacy-rights-text = Usted puede conocer y corregir sus datos. En «Mi cuenta» ve quién los conoce y qué se hizo con su CS. Puede corregir su dirección y sus datos de contacto en este portal:
privacy-rights-contact = Para conocer todos sus datos, corregir otros o pedir que se eliminen, comuníquese con:

## portal/accessibility.html

access-title = Accesibilidad
access-aim = Queremos que todas las personas puedan usar este portal. Lo construimos según las Pautas de Accesibilidad para el Contenido Web (WCAG) 2.2, nivel AA.
access-can = Lo que usted puede hacer
access-can-keyboard = Usar todo el portal solo con el teclado.
access-can-reader = Usarlo con un lector de pantalla.
access-can-zoom = Agrandar el texto al 200 % o usar una pantalla angosta, sin desplazarse hacia los lados.
access-can-dark = Usar los colores oscuros o de alto contraste de su equipo.
access-can-script = Completar cada trámite con JavaScript desactivado.
access-can-listen = Escuchar el código de seguridad en lugar de leer la imagen.
access-gaps = Lo que todavía falta
access-gap-captcha = El registro pide un código de seguridad en imagen o en sonido. Las personas que no pueden ver ni oír deben pedir ayuda a la mesa de ayuda.
access-gap-sign = No hay videos en lengua de señas chilena.
access-gap-tests = Comprobamos el portal con herramientas automáticas y con el teclado. Todavía no lo hemos probado con personas con discapacidad.
access-tell = Cuéntenos de un problema
access-tell-text = Si algo le impide usar el portal, díganos qué página era y qué equipo usa. Comuníquese con:
access-voices = Voces del captcha
access-voices-text = El audio del código usa grabaciones de Allison Smith y June Wallack (Asterisk core sounds, © Digium), modificadas,
access-voices-licence = El audio que las usa tiene la misma licencia.

## portal/wording.rs y lo que comparten los trámites

key-current-label = CS Actual
key-current-hint = Ingrese su CS actual o su clave provisoria.
key-new-label = CS Nueva
key-new-again-label = Repetir CS Nueva
answer-hint = No importan las mayúsculas, los acentos ni los espacios.
section-validate = Validar Datos
captcha-by-link = Usted abrió el enlace que le enviamos, por eso no necesita el captcha esta vez.
error-answer-wrong = La respuesta no corresponde. Revísela e inténtelo otra vez.
error-key-same = La clave nueva es igual a la actual. Elija otra.
error-key-wrong = El RUT y la clave no corresponden. Revise los dos.
error-key-current-empty = Ingrese su CS actual o su clave provisoria
error-too-many = { $minutes ->
    [one] Hubo demasiados intentos. Espere { $minutes } minuto, hasta el { $until }, y vuelva a intentarlo.
   *[other] Hubo demasiados intentos. Espere { $minutes } minutos, hasta el { $until }, y vuelva a intentarlo.
}
datum-names = Nombres y apellido paterno
datum-birth = Fecha de nacimiento
datum-email = Correo electrónico
datum-question = Pregunta y respuesta secretas
datum-address = Dirección con región y comuna
datum-mobile = Teléfono celular

## kit/deliveries.html

delivery-heading = Envíos
delivery-key-sms = Su clave Sence (CS) será enviada por SMS a su celular dentro de los próximos 10 minutos.
delivery-key-email = Su clave Sence (CS) será enviada a su e-Mail dentro de los próximos 10 minutos.
delivery-notice-sms = Le avisamos por SMS a su celular.
delivery-notice-email = Le avisamos a su correo electrónico.
delivery-waiting = Estado: en camino.
delivery-accepted = Estado: en camino, la red de mensajes ya lo recibió.
delivery-sent = Estado: enviado.
delivery-delivered = Estado: entregado.
delivery-failed = Estado: no se pudo entregar.
delivery-shown-serves = La clave que ve en esta página sirve igual.
delivery-other-way = Use la clave que va por el otro medio.
delivery-next-key = Solicitar una nueva clave
delivery-next-notice = Revisar sus datos de contacto
delivery-renew = Ver el estado actual de los envíos

## portal/recover_*.html

recover-title = Solicitar una nueva CS
recover-heading = Información para Generar Nueva CS
recover-step-1 = Paso 1 de 2: Rut
recover-step-2 = Paso 2 de 2: Respuesta Secreta
recover-intro = Ingrese su RUT para ver su pregunta secreta.
recover-intro-selected = Ingrese su RUT. En el paso siguiente elegirá su pregunta secreta y la responderá.
recover-continue = Continuar
recover-submit = Generar Nueva Clave
recover-other-rut = Volver a ingresar el RUT
recover-made-shown = Se ha generado una clave provisoria, la cual es:
recover-made-sent = Se ha generado una clave provisoria. La recibirá en los medios de contacto que registró.
recover-made-nowhere = Se ha generado una clave provisoria, pero no tenemos un correo electrónico ni un celular suyo para enviarla. Comuníquese con la mesa de ayuda.
recover-made-undelivered = Se generó una clave provisoria, pero no pudimos entregársela. Solicite otra; si vuelve a ocurrir, comuníquese con la mesa de ayuda.
recover-lifetime = Esta clave (provisoria) tiene una duración de { $hours } hora(s) a contar de la fecha: { $since }.
recover-until = Vence el { $until }, hora de Chile.
recover-held = Sus datos de contacto cambiaron hace poco: hasta el { $until } las claves llegan solo al correo electrónico y al celular que tenía antes.
recover-next = Para cambiar su clave provisoria por una CS permanente por favor diríjase
recover-next-link = Aquí: cambie su clave provisoria

## portal/change*.html

change-title = Cambiar CS
change-heading = Cambie su CS
change-section = Cambiar CS
change-forgot = ¿Olvidó su CS? Solicite una nueva
change-done-title = Su CS fue cambiada
change-done-text = Cambió su CS el { $at }. Desde ahora use la nueva en todos los sistemas.
change-done-cancelled = Se cerraron sus sesiones abiertas y se anularon las claves provisorias.
change-done-next = Continuar a { $system }

## login/*.html

login-title = Ingresar
login-heading = Ingrese con su CS
login-for = Usted ingresa al sistema:
login-domain = Escriba su clave solo en
login-key-empty = Ingrese su Clave CS
login-old-page = Esta página estaba abierta desde antes de otro ingreso. Escriba de nuevo su RUT y su clave.
login-submit = Ingresar
login-forgot = ¿Olvidó su CS?
login-back = Volver a { $system }
login-register = Regístrese si aún no tiene CS
provisional-title = Cambie su clave provisoria
provisional-why = La clave que ingresó es provisoria: sirve solo para elegir una CS nueva. Téngala a mano, se le pedirá otra vez.
provisional-then = Después podrá seguir a { $system }.
logout-title = Cerrar sesión
logout-text = Se cerrará su sesión en este navegador. Los sistemas a los que ingresó con ella también se cerrarán, si lo permiten.
logout-submit = Cerrar sesión
logout-stay = Volver a mi cuenta
logout-done-title = Su sesión está cerrada
logout-done-text = Ya no hay una sesión abierta en este navegador.
logout-done-again = Ingresar otra vez

## portal/interrupted.html

interrupted-title = Faltan datos para continuar
interrupted-why = La CS necesita un conjunto mínimo de datos para funcionar.
interrupted-missing = A usted le falta registrar:
interrupted-again = Después de actualizar sus datos, debe empezar este trámite de nuevo, desde el principio.
interrupted-again-link = Volver a empezar

## portal/captcha_sent.html

captcha-sent-title = Revise su correo electrónico o su celular
captcha-sent-text = Si el RUT está registrado, enviamos un enlace a sus medios de contacto. Con ese enlace puede seguir sin captcha, una vez y durante una hora.
captcha-sent-late = Si no lo recibe, comuníquese con la mesa de ayuda.
captcha-sent-again = Volver al formulario

## portal/link*.html

not-me-title = ¿No fue usted?
not-me-text = Si usted no hizo el trámite que le avisamos, bloquee su CS. Nadie podrá usarla hasta que usted solicite una nueva o hable con la mesa de ayuda.
not-me-ends = También terminaremos los trámites que estén a medias con su RUT y anularemos las claves provisorias.
not-me-undoes = Si su correo electrónico o su celular cambiaron en los últimos 3 días, volveremos a poner los que tenía antes.
not-me-button = Bloquear mi CS
not-me-done-title = Su CS quedó bloqueada
not-me-done-text = Nadie puede usar su CS ni una clave provisoria anterior. Para volver a usarla, solicite una nueva CS y cámbiela.
not-me-done-undone = Si su correo electrónico o su celular cambiaron en los últimos 3 días, volvimos a poner los que tenía antes. Le avisamos a todas las direcciones.
not-me-done-next = Solicitar una nueva CS
not-me-done-help = Si cree que otra persona conoce su respuesta secreta, o ya no puede leer ese correo o ese celular, comuníquese con:
confirm-title = Confirme su correo electrónico
confirm-text = Presione el botón para confirmar que este correo electrónico es suyo.
confirm-button = Confirmar
confirm-done-title = Su correo electrónico quedó confirmado
confirm-done-text = Gracias. Ya puede cerrar esta página.

## messages/: correos y SMS. Los asuntos no nombran a nadie. Los SMS evitan á, í, ó y ú, que no están en el alfabeto GSM-7:
## con una sola de ellas un SMS admite 70 caracteres en lugar de 160. Por eso ninguno lleva el nombre de la institución.

mail-registered-subject = Su registro en Clave SENCE
mail-registered-text = Usted se registró en Clave SENCE (CS) de { $institution }. Con su RUT y su CS puede entrar a los sistemas de la institución.
mail-confirm-text = Para confirmar que este correo es suyo, abra este enlace. Sirve durante 72 horas.
mail-confirm-link = Confirmar mi correo
mail-already-subject = Intento de registro con su RUT
mail-already-text = Alguien completó el registro en Clave SENCE (CS) de { $institution } con su RUT, que ya tiene una CS. No cambiamos nada. Si fue usted y olvidó su CS, solicite una nueva aquí.
mail-already-link = Solicitar una nueva CS
mail-key-subject = Su clave provisoria de Clave SENCE
mail-key-text = Se ha generado una clave provisoria, la cual es: { $key }. Esta clave (provisoria) tiene una duración de { $hours } hora(s) a contar de la fecha: { $date }.
mail-key-change = Para cambiar su clave provisoria por una CS permanente por favor diríjase aquí.
mail-key-link = Cambiar CS
mail-key-current = Hasta que la cambie, su CS actual sigue sirviendo. No entregue esta clave a nadie: nunca se la pediremos por teléfono ni por correo.
mail-key-frozen = Su CS actual sigue bloqueada hasta que la cambie con esta clave. No entregue esta clave a nadie: nunca se la pediremos por teléfono ni por correo.
mail-withheld-subject = Una clave provisoria de Clave SENCE
mail-withheld-text = Se generó una clave provisoria para su CS de { $institution } el { $date }. Como sus datos de contacto cambiaron hace poco, hasta el { $until } las claves llegan solo al correo electrónico y al celular que tenía antes.
mail-changed-subject = Su Clave SENCE cambió
mail-changed-text = Su CS de { $institution } fue cambiada el { $date }. Las claves anteriores y provisorias ya no sirven.
mail-data-subject = Sus datos en Clave SENCE cambiaron
mail-data-text = Sus datos en Clave SENCE (CS) de { $institution } fueron actualizados el { $date }.
mail-data-held = Por seguridad, hasta el { $until } las claves provisorias llegan solo al correo electrónico y al celular que tenía antes de este cambio. Los avisos llegan a todos.
mail-captcha-subject = Enlace para continuar en Clave SENCE
mail-captcha-text = Usted pidió continuar su trámite en Clave SENCE (CS) de { $institution } sin el captcha. Abra este enlace. Sirve una sola vez, durante 1 hora.
mail-captcha-link = Continuar el trámite
mail-captcha-ignore = Si usted no lo pidió, puede ignorar este correo: sin su CS o su respuesta secreta, nadie puede usar su cuenta.
mail-frozen-subject = Su Clave SENCE está bloqueada
mail-frozen-text = Su CS de { $institution } fue bloqueada el { $date }, porque alguien avisó que no reconocía un movimiento. Nadie puede usarla hasta que usted solicite una nueva.
mail-frozen-operator = La mesa de ayuda bloqueó su CS de { $institution } el { $date }. Nadie puede usarla hasta que usted solicite una nueva o la mesa de ayuda la desbloquee.
mail-frozen-undone = También deshicimos los cambios de correo electrónico y celular de los últimos 3 días: los avisos y las claves llegan otra vez a los datos anteriores.
mail-frozen-link = Solicitar una nueva CS
mail-unfrozen-subject = Su Clave SENCE está desbloqueada
mail-unfrozen-text = La mesa de ayuda desbloqueó su CS de { $institution } el { $date }. Su CS de antes vuelve a servir.
mail-device-subject = Ingreso desde un dispositivo nuevo
mail-device-text = Se ingresó con su CS de { $institution } el { $date } desde un dispositivo que no conocíamos.
mail-device-agent = Navegador y sistema: { $agent }.
mail-device-yours = Si fue usted, no necesita hacer nada.
mail-test-subject = Mensaje de prueba de Clave SENCE
mail-test-text = Este es un mensaje de prueba de Clave SENCE (CS) de { $institution }, enviado el { $date } por quien administra el servicio. No se refiere a nadie: no necesita hacer nada.
mail-help = Este correo se envía automáticamente; por favor no lo responda. Ayuda: { $contact }.
mail-not-me = ¿No fue usted? Abra este enlace y bloquearemos su CS.
mail-not-me-again = Guarde este correo: si más adelante ve algo que usted no hizo, abra este enlace y bloquearemos su CS otra vez.
mail-not-me-link = No fui yo
sms-registered = Clave SENCE: su CS fue creada. ¿No fue usted? { $link }
sms-already = Clave SENCE: alguien quiso registrar su RUT. ¿No fue usted? { $link }
sms-key = CS provisoria: { $key }, vence { $until }. ¿No fue usted? { $link }
sms-withheld = CS: su clave va al contacto anterior hasta { $until }. ¿No fue usted? { $link }
sms-changed = Clave SENCE: su CS fue cambiada el { $date }. ¿No fue usted? { $link }
sms-data = Clave SENCE: sus datos cambiaron el { $date }. ¿No fue usted? { $link }
sms-data-held = CS: datos nuevos; claves a los anteriores hasta { $until }. ¿No fue usted? { $link }
sms-captcha = Clave SENCE: para continuar, abra este enlace (1 hora): { $link } ¿No fue usted? { $mine }
sms-frozen = Clave SENCE: su CS fue bloqueada el { $date }. Pida una nueva: { $link } Para bloquearla otra vez: { $mine }
sms-unfrozen = Clave SENCE: su CS fue desbloqueada el { $date }. ¿No fue usted? { $link }
sms-device = Clave SENCE: ingreso en un dispositivo nuevo el { $date }. ¿No fue usted? { $link }
sms-test = Clave SENCE: mensaje de prueba del { $date }. No necesita hacer nada.

## portal/update_*.html

error-phone-empty = Ingrese su teléfono celular
update-title = Actualizar datos
update-step-1 = Paso 1 de 3: Validar Datos
update-step-2 = Paso 2 de 3: Datos de Seguridad
update-step-3 = Paso 3 de 3: Actualizar Datos
update-security = Datos de Seguridad
update-security-why = Así comprobamos que solo usted puede modificar sus datos personales.
update-question-hint = Seleccione la pregunta que eligió al registrarse.
update-validate = Validar
update-continue = Continuar
update-back = Volver al paso 1
update-without-data = No tengo registrados mi correo electrónico, mi fecha de nacimiento o mi pregunta secreta
update-with-key = Ingrese su CS actual en lugar del dato que no tiene registrado. Si tampoco tiene su CS, comuníquese con la mesa de ayuda.
update-no-match = Los datos no corresponden a una persona registrada. Revise el RUT, la fecha de nacimiento y el correo electrónico.
update-no-match-key = Los datos no corresponden a una persona registrada. Revise el RUT, la CS y los datos que sí tiene registrados.
update-wrong-answer = La pregunta y la respuesta no corresponden. Revise las dos.
birth-format = Formato: 01-12-1992
email-registered-label = Email Registrado
email-current-label = Email Actual
update-review = Revisar los cambios
update-review-title = Revise sus cambios
update-review-text = Todavía no guardamos nada. Revise los datos y confirme.
update-no-changes = No cambió ningún dato.
update-none = (sin dato)
update-confirm = Confirmar
update-edit-again = Volver a los datos
update-done-title = Sus datos fueron actualizados
update-done-text = Guardamos sus datos el { $at }.
update-done-held = Por seguridad, hasta el { $until } las claves provisorias llegan solo al correo electrónico y al celular que tenía antes. Los avisos llegan a todos.
update-done-again = Si interrumpió un trámite para actualizar sus datos, empiécelo de nuevo desde el principio.

## Log in, log out

## First login from a new device (message)

## Systems: consent, errors, logout, devices

system-refused-title = No podemos continuar
system-refused-what = El sistema desde el que usted viene envió una solicitud que no podemos atender. Usted no hizo nada mal y sus datos están a salvo.
system-refused-do = Vuelva al sistema e inténtelo de nuevo. Si ocurre otra vez, avise a quienes atienden ese sistema.
system-refused-technical = Información para quienes atienden el sistema
system-back = Volver a { $system }
consent-title = Datos que pide un sistema
consent-heading = { $system } le pide algunos datos
consent-intro = Si acepta, { $system } conocerá estos datos:
consent-offline = El sistema podrá consultar estos datos también cuando usted no esté conectado, hasta que retire el permiso.
consent-key = El sistema nunca conoce su CS.
consent-accept = Aceptar y continuar
consent-refuse = No compartir
consent-withdraw = Le preguntaremos de nuevo solo si el sistema pide otros datos. Usted puede retirar este permiso cuando quiera en
consent-withdraw-link = Sistemas conectados, en Mi cuenta
consent-sub = Identificador
consent-sub-value = Un código que no dice nada de usted
consent-name = Nombre
consent-given-names = Nombres
consent-surnames = Apellidos
consent-birth = Fecha de nacimiento
consent-email = Correo electrónico
consent-email-confirmed = Correo electrónico confirmado
consent-phone = Celular
consent-phone-confirmed = Celular confirmado
consent-address = Domicilio
consent-run = RUN
consent-language = Idioma
consent-updated = Última actualización de sus datos
consent-yes = Sí
consent-no = No
consent-none = (sin dato)
system-leave-title = ¿Quiere cerrar su sesión?
system-leave-by = { $system } pide cerrar la sesión de su CS.
system-leave-by-unknown = Un sistema pide cerrar la sesión de su CS.
system-leave-what = Al cerrarla, saldrá también de los demás sistemas a los que entró con su CS en este navegador.
system-leave-button = Cerrar sesión
system-leave-stay = Seguir conectado
system-left-title = Su sesión está cerrada
system-left-what = Ya no está conectado con su CS en este navegador.
device-title = Conectar un dispositivo
device-intro = Escriba el código que muestra su dispositivo, por ejemplo un televisor o un terminal.
device-code-label = Código del dispositivo
device-code-hint = Ocho letras, por ejemplo BCDF-GHJK
device-continue = Continuar
device-code-empty = Ingrese el código que muestra su dispositivo
device-code-shape = El código tiene ocho letras, por ejemplo BCDF-GHJK
device-code-unknown = El código no corresponde o ya venció. Revíselo, o pida otro en su dispositivo.
device-confirm-title = Confirmar el dispositivo
device-confirm-heading = ¿Conectar { $system } en su dispositivo?
device-warning = Acepte solo si usted mismo inició la conexión y su dispositivo muestra este código ahora. Nadie debe pedírselo por teléfono, correo o mensaje.
device-accept = Conectar
device-refuse = No conectar
device-done-title = Su dispositivo está conectado
device-done-text = Puede volver a su dispositivo: en unos segundos seguirá por sí solo.
device-refused-title = No conectamos el dispositivo
device-refused-text = El dispositivo no recibió ningún dato. Si usted no inició la conexión, no tiene que hacer nada más.
device-account = Ver los sistemas conectados

## Mi cuenta

account-title = Mi cuenta
account-data = Mis datos
account-systems = Sistemas conectados
account-sessions = Sesiones y dispositivos
account-messages = Mensajes
account-activity = Actividad
account-log-out = Cerrar sesión
account-masked = Mostramos solo una parte de cada dato, por si alguien más ve su pantalla.
account-not-confirmed = sin confirmar
account-since = Registro
account-update = Actualizar sus datos de contacto
account-update-text = Podrá ver y corregir su domicilio, su correo electrónico y su celular. Le avisaremos de cada cambio.
account-update-key = Como ingresó hace más de 10 minutos, escriba su CS otra vez.
account-update-button = Ver y actualizar mis datos
account-key = Cambiar su CS
account-key-text = Al cambiarla se cierran todas sus sesiones, también esta.
account-key-link = Cambiar su CS
account-key-wrong = La CS no es correcta
account-language = Idioma de los mensajes
account-language-label = Idioma
account-language-hint = En este idioma le enviamos correos y SMS. El idioma de las páginas se elige arriba.
account-language-button = Guardar idioma
account-language-choose = Elija un idioma
account-language-done = Desde ahora le escribiremos en este idioma.
account-unknown-device = Dispositivo sin identificar
account-last-used = Último uso
systems-text = Estos sistemas reconocen su CS. Usted puede desconectar cualquiera.
systems-none = Todavía no hay sistemas conectados.
systems-since = Conectado desde
systems-data = Datos que conoce
systems-data-profile = Nombres, fecha de nacimiento e idioma
systems-data-name = Nombres
systems-data-email = Correo electrónico
systems-data-phone = Celular
systems-data-address = Domicilio
systems-data-run = RUN
systems-data-none = Solo un código que no dice nada de usted
systems-offline = Puede consultar estos datos también cuando usted no está conectado.
systems-disconnect = Desconectar
systems-disconnected = El sistema está desconectado. Si entra otra vez, le volveremos a preguntar qué datos puede conocer.
systems-disconnected-own = El sistema está desconectado. Si entra otra vez, volverá a quedar conectado.
systems-what = Al desconectar un sistema, deja de recibir sus datos. Lo que ya recibió, lo guarda según sus propias reglas.
sessions-open = Sesiones abiertas
sessions-text = Aquí está abierta su cuenta. Si no reconoce una sesión, ciérrela y cambie su CS.
sessions-this = Esta sesión
sessions-place = Dirección de internet aproximada
sessions-since = Abierta desde
sessions-end = Cerrar sesión
sessions-end-others = Cerrar todas las demás
sessions-ended = La sesión está cerrada.
sessions-others-ended = Todas las demás sesiones están cerradas.
sessions-devices = Dispositivos conocidos
sessions-devices-text = Desde estos dispositivos ya ingresó antes. Cuando alguien ingresa desde otro, le avisamos.
sessions-no-devices = No hay dispositivos conocidos.
sessions-this-device = Este dispositivo
sessions-known-since = Conocido desde
sessions-last-login = Último ingreso
sessions-forget = Olvidar
sessions-forgotten = Olvidamos el dispositivo y cerramos sus otras sesiones en él.

## account/messages.html

messages-text = Los correos y SMS que le enviamos en los últimos 30 días, lo más reciente primero.
messages-none = No le hemos enviado mensajes en los últimos 30 días.
messages-pages = Páginas de mensajes
messages-contact = ¿No le llegan nuestros mensajes? Revise sus datos de contacto
messages-by-email = por correo electrónico
messages-by-sms = por SMS
messages-registered = Aviso de su registro
messages-already-registered = Aviso: alguien quiso registrar su RUT
messages-provisional-key = Clave provisoria
messages-key-withheld = Aviso de una clave provisoria enviada a su contacto anterior
messages-key-changed = Aviso de cambio de CS
messages-data-changed = Aviso de cambio de datos
messages-captcha-link = Enlace para continuar sin captcha
messages-frozen = Aviso de bloqueo de su CS
messages-unfrozen = Aviso de desbloqueo de su CS
messages-new-device = Aviso de ingreso en un dispositivo nuevo
messages-other = Mensaje

## Mi cuenta: activity

activity-text = Lo que ocurrió con su cuenta, lo más reciente primero.
activity-from = desde { $network }
activity-pages = Páginas de la actividad
activity-newer = Más recientes
activity-older = Anteriores
activity-not-me = ¿Ve algo que usted no hizo?
activity-other = Hubo un movimiento en su cuenta
activity-registered = Se registró su CS
activity-taken-rut = Alguien completó el registro con su RUT, que ya tenía una CS. No cambió nada
activity-provisional-key = Se generó una clave provisoria
activity-recovery-refused = Se pidió una clave provisoria con una respuesta incorrecta
activity-recovery-interrupted = Se pidió una clave provisoria, pero faltaban datos
activity-key-changed = Se cambió la CS
activity-key-changed-provisional = Se cambió la CS con una clave provisoria
activity-key-change-new = No se cambió la CS: la nueva no cumplía las reglas
activity-key-change-refused = Se intentó cambiar la CS con una clave incorrecta
activity-key-change-interrupted = No se cambió la CS: faltaban datos
activity-update-refused = Se intentó actualizar sus datos sin comprobar que era usted
activity-data-changed = Se actualizaron sus datos: { $what }
activity-email-confirmed = Se confirmó su correo electrónico
activity-frozen = Se bloqueó la CS desde un enlace «No fui yo»
activity-frozen-desk = La mesa de ayuda bloqueó la CS
activity-unfrozen = La mesa de ayuda desbloqueó la CS
activity-contact-undone = Se deshizo un cambio de correo electrónico o celular
activity-captcha-link = Se envió un enlace para continuar sin captcha
activity-shown = La mesa de ayuda consultó su cuenta
activity-messages-listed = La mesa de ayuda consultó el estado de sus mensajes
activity-messages-retried = La mesa de ayuda pidió enviarle otra vez un mensaje
activity-logged-in = Ingreso con su CS
activity-login-refused = Intento de ingreso con una clave incorrecta
activity-login-interrupted = Ingreso interrumpido: faltaban datos
activity-login-provisional = Ingreso con la clave provisoria: faltaba cambiarla
activity-logged-out = Se cerró la sesión
activity-session-account = Se cerró una sesión desde «Mi cuenta»
activity-session-system = Se cerró una sesión desde un sistema
activity-session-somebody = Se cerró una sesión porque otra persona ingresó en el mismo navegador
activity-session-key = Se cerró una sesión porque cambió la CS
activity-session-frozen = Se cerró una sesión porque se bloqueó la CS
activity-session-time = Una sesión terminó por tiempo
activity-system-entered = Entró a { $system }
activity-consent-given = Permitió que { $system } conociera sus datos
activity-consent-withdrawn = Desconectó { $system }
activity-token-reused = Por seguridad, cortamos el acceso de { $system }: alguien usó dos veces el mismo permiso
activity-grant-revoked = { $system } dejó de tener acceso a sus datos
activity-device-granted = Conectó un dispositivo con { $system }
activity-device-forgotten = Se olvidó un dispositivo
activity-language-changed = Se cambió el idioma de los mensajes
activity-attendance-started = Inició una sesión en un curso de { $otec }
activity-attendance-closed = Cerró una sesión en un curso de { $otec }
activity-attendance-refused = Se intentó registrar su asistencia a un curso de { $otec }, sin éxito
activity-attendance-test = Probó el registro de asistencia de { $otec } (no cuenta)

## Attendance (RCE)

rce-start-title = Iniciar sesión en un curso
rce-close-title = Cerrar sesión en un curso
rce-for = Usted registra su asistencia a un curso de:
rce-course = Curso { $code }
rce-start-heading = Ingrese su CS para iniciar la sesión
rce-close-heading = Ingrese su CS para cerrar la sesión
rce-test = Este es un ambiente de prueba: la asistencia no cuenta.
rce-time = Usted tiene tres minutos:
rce-until = hasta las { $until }, hora de Chile.
rce-time-then = Si no alcanza, esta página vuelve sola a su curso y puede empezar otra vez.
rce-rut-hint = Lo informó su curso. Si no es el suyo, no siga: avise a quienes lo administran.
rce-start-submit = Iniciar sesión
rce-close-submit = Cerrar sesión
rce-recover = Solicitar una nueva CS
rce-key-wrong = { $left ->
    [one] La CS no es correcta. Le queda { $left } intento.
   *[other] La CS no es correcta. Le quedan { $left } intentos.
}
rce-then = Después empiece de nuevo desde su curso:
rce-gone-title = Empiece de nuevo desde su curso
rce-gone-what = Pasó el tiempo para ingresar su CS, o la dirección de esta página está incompleta.
rce-gone-do = Vuelva a su curso y elija otra vez iniciar o cerrar la sesión.
rce-started-title = Su sesión está iniciada
rce-started-text = Registramos el inicio de su asistencia. Al terminar, cierre la sesión en su curso.
rce-closed-title = Su sesión está cerrada
rce-closed-text = Registramos el término de su asistencia.
rce-not-started-title = No se inició la sesión
rce-not-closed-title = No se cerró la sesión
rce-code = Código { $code }
rce-todo-key = Puede intentarlo otra vez desde su curso. Si no recuerda su CS, solicite una nueva en este portal.
rce-todo-again = Puede empezar otra vez desde su curso.
rce-todo-tell = Avise a quienes administran su curso e indíqueles el código.
rce-by-itself = Ahora vuelve a su curso en { $host }. Si la página no avanza sola, presione «Continuar».
rce-asks = Al continuar, irá a este sitio:
rce-asks-only = Continúe solo si es el sitio de su curso.
rce-continue = Continuar
rce-here-title = No podemos volver a su curso
rce-here-what = Su curso envió una solicitud que no podemos atender. Usted no hizo nada mal y sus datos están a salvo.
rce-here-do = Vuelva a su curso e inténtelo de nuevo. Si ocurre otra vez, muestre esta página a quienes lo administran.
rce-here-technical = Información para quienes administran el curso
rce-here-origin = También ocurre cuando la dirección no está entre los orígenes declarados para el OTEC, o es más larga de lo permitido.
rce-address-title = Registro de asistencia e-learning (RCE)
rce-address-what = Esta dirección recibe a los participantes que vienen desde su curso. Abierta así, no hace nada.
rce-address-participant = Si usted participa en un curso
rce-address-participant-text = Entre a su curso e inicie la sesión desde ahí. El curso lo traerá a esta página para que ingrese su CS.
rce-address-lms = Si usted administra la plataforma de un OTEC
rce-address-lms-text = Indique esta dirección a su plataforma. El navegador del participante envía aquí un formulario por POST, con los campos del manual de integración de RCE, versión 1.1.3.
rce-address-url = Dirección
rce-address-act = Qué hace
rce-address-start = Inicia una sesión
rce-address-close = Cierra una sesión
rce-address-environment = Ambiente
rce-address-production = Producción
rce-address-test = Prueba: la asistencia no cuenta
rce-address-contact = Para obtener un token o informar las direcciones de su plataforma, comuníquese con:
rce-code-100 = Contraseña incorrecta o el usuario no tiene Clave SENCE.
rce-code-200 = El POST tiene uno o más parámetros mandatorios sin información. Esto también ocurre cuando un parámetro está mal escrito (por ejemplo, RutAlumno en lugar de RunAlumno), o cuando se ingresan sólo espacios en blanco en un parámetro obligatorio.
rce-code-201 = La URL de Retoma y/o URL de Error no tienen información. Ambos parámetros son obligatorios en todos los POST.
rce-code-202 = La URL de Retoma tiene formato incorrecto.
rce-code-203 = La URL de Error tiene formato incorrecto.
rce-code-204 = El Código SENCE tiene menos de 10 caracteres y/o no es código válido.
rce-code-205 = El Código Curso tiene menos de 7 caracteres y/o no es código válido.
rce-code-206 = La línea de capacitación es incorrecta.
rce-code-207 = El Run Alumno tiene formato incorrecto, o tiene el dígito verificador incorrecto.
rce-code-208 = El Run Alumno no está autorizado para realizar el curso.
rce-code-209 = El Rut OTEC tiene formato incorrecto, o tiene el dígito verificador incorrecto.
rce-code-210 = Expiró el tiempo disponible para el ingreso de RUT y Contraseña. El tiempo disponible es de tres minutos.
rce-code-211 = El Token no pertenece al OTEC.
rce-code-212 = El Token no está vigente.
rce-code-300 = Error interno no clasificado, se debe reportar al SENCE con la mayor cantidad de antecedentes disponibles.
rce-code-301 = No se pudo registrar el ingreso o cierre de sesión. Esto ocurre cuando la Línea de Capacitación es incorrecta, o el Código de Curso es incorrecto.
rce-code-302 = No se pudo validar la información del Organismo, se debe reportar al SENCE con la mayor cantidad de antecedentes disponibles.
rce-code-303 = El Token no existe, o su formato es incorrecto.
rce-code-304 = No se pudieron verificar los datos enviados, se debe reportar al SENCE con la mayor cantidad de antecedentes disponibles.
rce-code-305 = No se pudo registrar la información, se debe reportar al SENCE con la mayor cantidad de antecedentes disponibles.
rce-code-306 = El Código Curso no corresponde al Código SENCE.
rce-code-307 = El Código Curso no tiene modalidad E-Learning.
rce-code-308 = El Código Curso no corresponde al RUT OTEC.
rce-code-309 = Las fechas de ejecución comunicadas para el Código Curso no corresponden a la fecha actual.
rce-code-310 = El Código Curso está en estado Terminado o Anulado.
