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
forbidden-title = Esta página no está disponible para usted
forbidden-what = La página existe, pero no se puede abrir desde aquí.
forbidden-do = Vuelva a la portada y elija lo que desea hacer.
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
privacy-how = Cómo los cuidamos
privacy-how-sealed = Sus nombres, fecha de nacimiento, dirección, correo y celular se guardan cifrados.
privacy-how-hashed = De su CS y su respuesta secreta se guarda solo una huella, de la que no se puede volver al texto.
privacy-how-third = Este portal no usa publicidad, no mide su navegación y no carga nada de otros sitios.
privacy-cookies = Cookies
privacy-cookies-text = Este portal usa solo las cookies que necesita para funcionar:
privacy-cookie-session = une los pasos de un mismo trámite en su navegador. Se borra al cerrar el navegador.
privacy-cookie-lang = recuerda el idioma que usted eligió, durante un año.
privacy-rights = Sus derechos
privacy-rights-text = Usted puede conocer y corregir sus datos. Puede corregir su dirección y sus datos de contacto usted mismo:
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
access-gap-captcha = El registro pide un código de seguridad en imagen o en sonido. Las personas que no pueden ver ni oír necesitan ayuda de la mesa de ayuda.
access-gap-sign = No hay videos en lengua de señas chilena.
access-gap-tests = Comprobamos el portal con herramientas automáticas y con el teclado. Todavía no lo hemos probado con personas con discapacidad.
access-tell = Cuéntenos de un problema
access-tell-text = Si algo le impide usar el portal, díganos qué página era y qué equipo usa. Comuníquese con:
