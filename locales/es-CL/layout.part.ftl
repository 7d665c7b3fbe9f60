# layout.html
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

# kit/form.html
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

# portal.js, by data attributes of its <script> in layout.html
script-show = Mostrar
script-hide = Ocultar
script-visible = Su clave está visible
script-hidden = Su clave está oculta
script-copy = Copiar
script-copied = Clave copiada
script-met = cumple
script-missing = falta
script-count = Caracteres escritos:

# Messages that the script shows too: the server must use these same ids for the same faults
error-rut-shape = El RUT debe tener números y un dígito verificador, por ejemplo 12.345.678-5
error-rut-digit = El dígito verificador no corresponde. Revise su RUT.
error-email-shape = Ingrese un correo electrónico como nombre@ejemplo.cl
error-key-rules = Su clave todavía no cumple todas las reglas de la lista
error-key-repeat = Las dos claves no son iguales. Vuelva a escribirlas.
