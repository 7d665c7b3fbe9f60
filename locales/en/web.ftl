### All texts of the portal in English. The source, with the reason for one file a language, is locales/es-CL/web.ftl.

## layout.html

layout-product = Clave SENCE (CS)
layout-name = Clave Sence - (CS)
layout-description = Get, recover and change your Clave SENCE (CS), and update your data.
layout-skip = Skip to main content
layout-menu = Main menu
layout-notice = Service notice
menu-register = Register
menu-recover = Request a CS
menu-change = Change CS
menu-update = Update data
menu-help = More information
menu-account = My account
footer-help = Help
footer-accessibility = Accessibility
footer-privacy = Privacy
contact-phone = Telephone:

## kit/form.html

form-error = Error:
form-problem = There is a problem
form-mandatory = Fields marked with an asterisk (*) are required.
form-day = Day
form-month = Month
form-year = Year
captcha-legend = Security check against robots
captcha-explanation = We want to be sure that a real person is using this system. Please type in the text box the letters shown in the following image:
captcha-alt = Image with six letters in two rows of three. If you cannot see it, listen to the code below.
captcha-refresh = Refresh
captcha-sound = If you cannot see the image, listen to some digits and type them instead of the letters.
captcha-listen = Listen to the code
captcha-label = Captcha
captcha-now = There were several attempts from here or with this RUT. To go on, fill in what is empty and enter the letters of the image.
captcha-cannot = I cannot use the captcha
notice-success = Success
notice-error = Error
notice-important = Important
key-print = Include the key when printing this page
changes-before = Before:
changes-after = Now:
changes-change = Change

## portal.js, by attributes of its <script> in layout.html

script-show = Show
script-hide = Hide
script-visible = Your key is visible
script-hidden = Your key is hidden
script-copy = Copy
script-copied = Key copied
script-met = met
script-missing = not yet met
script-count = Characters typed:

## Messages that the server and portal.js show in the same words

error-rut-shape = The RUT must have digits and a check digit, for example 12.345.678-5
error-rut-digit = The check digit does not match. Check your RUT.
error-email-shape = Enter an e-mail address such as name@example.cl
error-key-rules = Your key does not yet meet all the rules on the list
error-key-repeat = The two keys are not the same. Type them again.

## kit/fields.rs: what cannot be read of a field

flaw-too-long = The text is too long. Type a shorter one.
flaw-garbled = The text has characters that cannot be read. Type it again.
flaw-control = Type the text on one line and without tabs. If you pasted it, type it by hand.
flaw-form-too-large = The form is too large. Type less text.

## kit/errors.rs: error pages

error-again = Begin again on this page
error-home = Go to the front page
error-help = See the help
error-reference = Reference number:
error-contact = If the problem goes on, contact us and give the reference number.
bad-request-title = We could not understand the request
bad-request-what = The data arrived incomplete or damaged.
bad-request-do = Go back to the previous page and try again.
forged-title = For your security, we did not accept the form
forged-what = The page was open for too long, or your browser does not accept cookies. Nothing was saved or changed.
forged-do = Allow cookies from this site, open the form again and fill it in once more.
not-found-title = We cannot find this page
not-found-what = The address does not exist or has changed.
not-found-do = Check the address, or choose what you want to do on the front page.
method-title = This address cannot be used like that
method-what = The page exists, but it does not take this kind of request.
method-do = Open the page from the front page.
slow-title = The form took too long to arrive
slow-what = The connection broke or is very slow. Nothing was saved or changed.
slow-do = Check your internet connection and send the form again.
gone-title = This page is no longer available
gone-what = The link or process has ended, because it was used already or its time is over.
gone-do = Begin the process again.
large-title = The form is too large
large-what = More data was sent than this site can take. Nothing was saved or changed.
large-do = Open the form again and type less text.
not-a-form-title = We could not read the form
not-a-form-what = The data arrived in a format that this site does not use.
not-a-form-do = Open the form again and send it from your browser.
too-many-title = Too many tries
too-many-what = To protect everyone's keys, the number of tries is limited.
too-many-do = { $minutes ->
    [one] Wait { $minutes } minute and try again.
   *[other] Wait { $minutes } minutes and try again.
}
fault-title = We have a problem
fault-what = The problem is ours, not yours. We cannot show this page now.
fault-do = Try again in a few minutes.
busy-title = The service is very busy
busy-what = Many people are using the service at this moment, or we are restarting it.
busy-do = Wait a few seconds and try again.

## portal/home.html

cs-purpose = Registration system for natural persons, migrants and legal persons, where you can get your CS (Clave Sence: your key, a kind of password) to enter the other systems of Sence.
home-title = Front page
home-at-hand = Before you register, have your identity card, your e-mail address and your mobile phone at hand.
home-natural = Natural person (with a national identity card)
home-legal = Legal person (Company | OTEC | OTIC)
home-register = Register here
home-recover = Request a new CS here
home-change = Change your CS here
home-update = Update your data here
home-facilitator = Request a CS for a foreign facilitator
home-of-natural = natural person
home-of-legal = legal person
home-migrants = Migrants
home-migrants-text = If you are a foreigner and have a Chilean identity card, use the options for natural persons. The RUT is printed on your card.

## Data of a person, in registration and update

form-mandatory-note = (*) Required fields.
question-choose = Choose...
names-label = Given names
names-hint = As on your identity card
surname-label = First surname (apellido paterno)
second-surname-label = Second surname (apellido materno)
second-surname-hint = Leave it empty if you have none
birth-label = Birth date
birth-hint = Day, month and year. For example, 01 12 1992
address-legend = Home address
street-label = Street address
street-hint = Lane or street, address
number-label = Street number
block-label = Block
flat-label = Flat or apartment number
region-label = Region
comuna-label = Comuna
comuna-hint = The comunas are grouped by region
place-choose = Choose
contact-legend = Contact data
email-label = E-mail
email-hint = For example, name@example.cl
phone-label = Mobile phone
phone-hint = For example, 9 1234 5678. We will tell you by SMS, too.
phone-hint-abroad = A Chilean mobile, for example 9 1234 5678, or a number of another country with its code, for example +54 9 11 2345 6789. We will tell you by SMS, too.
rut-label = Rut
rut-hint = For example, 12.345.678-5
question-label = Secret question
answer-label = Secret answer
retype-key = Type your key again
retype-answer = Type your answer again

## Rules of a new key

key-rules-title = Your key must meet these rules:
key-rule-length = At most { $max } characters. At least { $min }.
key-rule-varied = It is not one repeated character or a sequence such as 12345678.
key-rule-rut = It does not contain your RUT.
key-rule-personal = It does not contain your names, your e-mail address or your birth date.
key-rule-common = It is not a widely used key, such as «password».

## Messages about a datum (portal/words.rs)

error-rut-empty = Enter your RUT
error-rut-legal = This RUT belongs to a legal person. Only natural persons register here.
error-question-empty = Choose a secret question
error-answer-empty = Enter your secret answer
error-answer-short = The answer must have at least 3 letters or digits
error-answer-common = Many people answer the same. Choose another answer.
error-answer-in-question = The answer is in the question itself. Choose another answer.
error-answer-personal = The answer cannot be part of your RUT, your names, your e-mail address or your birth date
error-names-empty = Enter your given names
error-surname-empty = Enter your first surname
error-names-characters = Use only letters, spaces, hyphens, full stops and apostrophes
error-birth-empty = Enter your birth date
error-birth-incomplete = Enter the day, the month and the year of your birth
error-birth-no-such-day = This date does not exist. Write it as 01 12 1992.
error-birth-future = The birth date must be before today
error-birth-too-long-ago = Check the year of your birth
error-street-empty = Enter your address
error-number-empty = Enter the number of your address. If there is none, write S/N.
error-address-characters = Use only letters, digits and signs such as . , - # / °
error-region-empty = Choose your region
error-comuna-empty = Choose your comuna
error-comuna-elsewhere = This comuna is not in the chosen region. Choose another comuna or another region.
error-email-empty = Enter your e-mail address
error-phone-shape = Enter a Chilean mobile phone of 9 digits, for example 9 1234 5678
error-phone-shape-abroad = Enter a Chilean mobile phone of 9 digits, for example 9 1234 5678, or a number of another country that begins with + and its code
error-text-long = Write at most { $max } characters
error-key-empty = Enter a key
error-key-again = Repeat the key
error-key-short = The key must have at least { $min } characters
error-key-long = The key must have at most { $max } characters
error-key-unprintable = The key has characters that cannot be seen. Type it by hand.
error-key-common = Many people use this key. Choose another one.
error-key-sequence = The key cannot be one repeated character or a sequence
error-key-personal = The key cannot contain your RUT, your names, your e-mail address or your birth date
error-captcha-empty = Enter the letters of the image, or the digits that you heard
error-current-key-empty = Enter your current CS
error-link-used = The link was already used, has expired or belongs to another RUT. Ask for another one, or use the captcha.
error-already-sent = This form was already sent. Please fill it in again.
error-captcha-wrong = The letters do not match the image, or its time is over. Enter those of the new image.

## Secret questions

question-1 = What was the name of your first pet?
question-2 = In which street did you play as a child?
question-3 = What was the name of your first teacher?
question-4 = Which food did you not like as a child?
question-5 = Which is the first book that you remember reading?
question-6 = Where did you travel on your first holidays?
question-7 = What was the name of your best childhood friend?
question-8 = Which is the first toy that you remember?
question-9 = What did you want to be when you grew up?
question-10 = Which song did they sing in your home?
question-11 = Where was your first job?
question-12 = What did they call you as a child?

## portal/register.html

register-title = Registration of a natural person
register-intro = Have your identity card, your e-mail address and your mobile phone at hand.
register-information = Registration information
register-person = Personal data
key-legend = Clave Sence
key-label = CS key
key-again-label = Repeat CS key
register-submit = Submit
registered-title = Your registration was received
registered-text = We received your data. We sent you a message with the result.
registered-next = What comes next
registered-email = Within the next 10 minutes an e-mail will be sent to:
registered-confirm = Open the link in that e-mail to confirm that the address is yours.
registered-phone = We also sent an SMS to:
registered-nothing = If you receive nothing, look in the spam folder. If the address has a mistake, contact the help desk.

## portal/legal.html

legal-title = Legal persons
legal-explanation = This portal does not yet offer the CS for companies, OTEC and OTIC.
facilitator-title = Foreign facilitator
facilitator-explanation = This portal does not yet take requests of a CS for foreign facilitators.
legal-whom = For help, contact:
legal-natural = If you need a CS for yourself, as a natural person, you can get it here.
legal-natural-link = Register as a natural person

## portal/help.html

help-title = Help
help-what = What the CS is
help-one-key = You have one CS. It is your key, a kind of password. It works in all systems of the institution, and nobody else should know it.
help-before = What you need before you register
help-before-rut = Your identity card: you will copy your RUT, your names and your birth date from it.
help-before-contact = An e-mail address that you read. A mobile phone is useful, too.
help-before-address = Your address, with region and comuna.
help-before-question = A secret question and an answer that only you know. You will need it if you forget your CS.
help-register = How to register
help-register-text = Fill in the form, choose your CS and press «Submit». If something is missing, the page tells you what it is and keeps what you typed. At the end you will receive an e-mail.
help-register-link = Go to the registration
help-key = What your CS must be like
help-key-length = It has between { $min } and { $max } characters.
help-key-content = You may use letters, digits, spaces and signs. Capital and small letters are different.
help-key-refused = It cannot contain your RUT, your name, your e-mail address or your birth date. Nor can it be a very common key.
help-key-secret = Do not share it. No official will ask you for it.
help-recover = If you forgot your CS
help-recover-text = Enter your RUT and answer your secret question. You will receive a provisional key that lasts { $hours } hours. With it you can change your CS, and nothing else. Your previous CS stays valid until you change it.
help-recover-late = The provisional key arrives at your e-mail address, and on your mobile phone if you registered one, within the next 10 minutes. If it does not, look in the spam folder and request another one.
help-recover-link = Request a new CS
help-change = How to change your CS
help-change-text = Enter your RUT, your current CS or your provisional key, and the new CS twice. The change ends all your sessions and cancels provisional keys.
help-change-link = Change your CS
help-update = How to update your data
help-update-text = There are three steps. First enter your RUT, your birth date and your registered e-mail address. Then answer your secret question. Finally, correct your address and contact data.
help-update-link = Update your data
help-account = What is in “My account”
help-account-text = There you see your data, the systems that know them, your sessions and devices, the messages we sent you, and what was done with your CS. You can disconnect a system, end a session or forget a device. You need your CS to enter.
help-sessions = When your session ends
help-sessions-text = A session that you no longer use ends by itself after a while. On a shared computer, end it yourself: open “My account” and press “Log out”.
help-captcha = If you cannot read the security image
help-captcha-text = Press «Refresh» to see another image, or «Listen to the code» to hear some digits and type them. Capital and small letters are the same. What you have typed is kept, except keys and the secret answer.
help-not-me = If you receive a notice of something you did not do
help-not-me-text = Open the link in that notice to block your CS. Then request a new CS, or contact the help desk.
help-contact = Contact
help-contact-text = If you cannot solve your problem here, contact:

## portal/privacy.html

privacy-title = Privacy
privacy-who = { $institution } is responsible for the data that you give in this portal. It uses them to give you a CS and to know that it is you who enters the systems of the institution.
privacy-which = Which data we keep, and what for
privacy-identity = RUT, names and birth date
privacy-identity-why = To know who you are, and to check it when you update your data.
privacy-address = Address, region and comuna
privacy-address-why = They are part of the minimum data that the systems of the institution ask for.
privacy-contact = E-mail address and mobile phone
privacy-contact-why = To send you your provisional key and to tell you of every change to your CS.
privacy-secrets = CS, secret question and secret answer
privacy-secrets-why = To check that it is you. Nobody can read your CS or your answer, not even us.
privacy-record = Record of activity
privacy-record-why = We keep what was done with your CS, when, and from which internet address, to investigate abuse and to answer your complaints.
privacy-systems = Connected systems
privacy-systems-why = We keep which systems you entered and which data you let them know. Those of the institution get what they need; we give the others nothing without asking you. You can disconnect them in “My account”.
privacy-attendance = Attendance at courses
privacy-attendance-why = When you register your attendance at a course with your CS, we keep of which training body (OTEC) and course it is, and when it began and ended. The OTEC of the course gets these data.
privacy-sessions = Sessions and devices
privacy-sessions-why = We keep from which browser, system and internet address you logged in, and when, so that you can tell what is not yours.
privacy-how = How we protect them
privacy-how-sealed = Your names, birth date, address, e-mail address and mobile phone are stored encrypted.
privacy-how-hashed = Of your CS and your secret answer only a fingerprint is stored, from which the text cannot be found again.
privacy-how-third = This portal has no advertising, does not measure what you do and loads nothing from other sites.
privacy-cookies = Cookies
privacy-cookies-text = Cookies are short texts that your browser keeps. This portal uses only those that it needs to work:
privacy-cookie-session = ties together the steps of one process, protects the forms and keeps your session. It is set when you open a form or log in. It holds no data of yours. It is deleted when you close the browser.
privacy-cookie-device = remembers that this browser is yours, so that we can tell you of logins from others and nobody’s tries keep you out. It is set when you show who you are, and lasts a year from the last time.
privacy-cookie-lang = remembers the language you chose, for a year. It is set only if you choose a language.
privacy-rights = Your rights
privacy-rights-text = You may know and correct your data. In “My account” you see who knows them and what was done with your CS. You can correct your address and your contact data in this portal:
privacy-rights-contact = To know all your data, correct others or ask for their deletion, contact:

## portal/accessibility.html

access-title = Accessibility
access-aim = We want everyone to be able to use this portal. We built it by the Web Content Accessibility Guidelines (WCAG) 2.2, level AA.
access-can = What you can do
access-can-keyboard = Use the whole portal with the keyboard alone.
access-can-reader = Use it with a screen reader.
access-can-zoom = Enlarge the text to 200 % or use a narrow screen, without scrolling sideways.
access-can-dark = Use the dark or high-contrast colours of your device.
access-can-script = Finish every process with JavaScript off.
access-can-listen = Listen to the security code instead of reading the image.
access-gaps = What is still missing
access-gap-captcha = Registration asks for a security code in an image or in sound. People who can neither see nor hear have to ask the help desk for help.
access-gap-sign = There are no videos in Chilean sign language.
access-gap-tests = We check the portal with automatic tools and with the keyboard. We have not yet tested it with people with disabilities.
access-tell = Tell us about a problem
access-tell-text = If something keeps you from using the portal, tell us which page it was and which device you use. Contact:
access-voices = Voices of the captcha
access-voices-text = The sound of the code uses recordings of Allison Smith and June Wallack (Asterisk core sounds, © Digium), modified,
access-voices-licence = The sound made with them has the same licence.

## portal/wording.rs and what the processes share

key-current-label = Current CS
key-current-hint = Enter your current CS or your provisional key.
key-new-label = New CS
key-new-again-label = Repeat new CS
answer-hint = Capital letters, accents and spaces make no difference.
section-validate = Check your data
captcha-by-link = You opened the link that we sent you, so you do not need the captcha this time.
error-answer-wrong = The answer does not match. Check it and try again.
error-key-same = The new key is the same as the current one. Choose another one.
error-key-wrong = The RUT and the key do not match. Check both.
error-key-current-empty = Enter your current CS or your provisional key
error-too-many = { $minutes ->
    [one] There were too many tries. Wait { $minutes } minute, until { $until }, and try again.
   *[other] There were too many tries. Wait { $minutes } minutes, until { $until }, and try again.
}
datum-names = Given names and first surname
datum-birth = Birth date
datum-email = E-mail address
datum-question = Secret question and answer
datum-address = Address with region and comuna
datum-mobile = Mobile phone

## kit/deliveries.html

delivery-heading = Messages to you
delivery-key-sms = Your Clave Sence (CS) will be sent by SMS to your mobile phone within the next 10 minutes.
delivery-key-email = Your Clave Sence (CS) will be sent to your e-mail address within the next 10 minutes.
delivery-notice-sms = We tell you by SMS on your mobile phone.
delivery-notice-email = We tell you by e-mail.
delivery-waiting = State: on its way.
delivery-accepted = State: on its way, the message network has it.
delivery-sent = State: sent.
delivery-delivered = State: delivered.
delivery-failed = State: it could not be delivered.
delivery-shown-serves = The key on this page works all the same.
delivery-other-way = Use the key that goes the other way.
delivery-next-key = Request a new key
delivery-next-notice = Check your contact data
delivery-renew = See the current state of the messages

## portal/recover_*.html

recover-title = Request a new CS
recover-heading = Information to generate a new CS
recover-step-1 = Step 1 of 2: Rut
recover-step-2 = Step 2 of 2: Secret answer
recover-intro = Enter your RUT to see your secret question.
recover-intro-selected = Enter your RUT. In the next step you will choose your secret question and answer it.
recover-continue = Continue
recover-submit = Generate new key
recover-other-rut = Go back and enter the RUT again
recover-made-shown = A provisional key (clave provisoria) was generated, which is:
recover-made-sent = A provisional key (clave provisoria) was generated. You will receive it by the means of contact that you registered.
recover-made-nowhere = A provisional key (clave provisoria) was generated, but we have no e-mail address or mobile phone of yours to send it to. Contact the help desk.
recover-made-undelivered = A provisional key was made, but we could not deliver it to you. Request another one; if it happens again, contact the help desk.
recover-lifetime = This (provisional) key lasts { $hours } hour(s) from the date: { $since }.
recover-until = It expires on { $until }, Chilean time.
recover-held = Your contact data changed recently: until { $until } keys go only to the e-mail address and mobile phone that you had before.
recover-next = To change your provisional key for a permanent CS, please go
recover-next-link = here: change your provisional key

## portal/change*.html

change-title = Change CS
change-heading = Change your CS
change-section = Change CS
change-forgot = Did you forget your CS? Request a new one
change-done-title = Your CS was changed
change-done-text = You changed your CS on { $at }. From now on, use the new one in all systems.
change-done-cancelled = Your open sessions were ended and provisional keys were cancelled.
change-done-next = Continue to { $system }

## login/*.html

login-title = Log in
login-heading = Log in with your CS
login-for = You are logging in to this system:
login-domain = Type your key only at
login-key-empty = Enter your Clave CS
login-old-page = This page had been open since before another login. Type your RUT and your key again.
login-submit = Log in
login-forgot = Forgot your CS?
login-back = Back to { $system }
login-register = Register if you have no CS yet
provisional-title = Change your provisional key
provisional-why = The key that you entered is provisional: it only serves to choose a new CS. Keep it at hand, you will be asked for it again.
provisional-then = After that you can go on to { $system }.
logout-title = Log out
logout-text = Your session in this browser will end. The systems that you entered with it will end theirs, too, where they can.
logout-submit = Log out
logout-stay = Back to my account
logout-done-title = You are logged out
logout-done-text = There is no open session in this browser any more.
logout-done-again = Log in again

## portal/interrupted.html

interrupted-title = Some data are missing to go on
interrupted-why = The CS needs a minimum set of data to work.
interrupted-missing = You have not yet registered:
interrupted-again = After you update your data, you have to begin this process again, from the start.
interrupted-again-link = Begin again

## portal/captcha_sent.html

captcha-sent-title = Check your e-mail or your mobile phone
captcha-sent-text = If the RUT is registered, we sent a link to your means of contact. With that link you can go on without the captcha, once and for one hour.
captcha-sent-late = If you do not receive it, contact the help desk.
captcha-sent-again = Back to the form

## portal/link*.html

not-me-title = Was this not you?
not-me-text = If you did not do what we told you about, block your CS. Nobody will be able to use it until you request a new one or speak with the help desk.
not-me-ends = We will also end unfinished processes with your RUT and cancel provisional keys.
not-me-undoes = If your e-mail address or mobile phone changed in the last 3 days, we will put back those you had before.
not-me-button = Block my CS
not-me-done-title = Your CS is blocked
not-me-done-text = Nobody can use your CS or an earlier provisional key. To use it again, request a new CS and change it.
not-me-done-undone = If your e-mail address or mobile phone changed in the last 3 days, we put back those you had before. We told every address.
not-me-done-next = Request a new CS
not-me-done-help = If you think that somebody else knows your secret answer, or you can no longer read that e-mail or mobile phone, contact:
confirm-title = Confirm your e-mail address
confirm-text = Press the button to confirm that this e-mail address is yours.
confirm-button = Confirm
confirm-done-title = Your e-mail address is confirmed
confirm-done-text = Thank you. You can close this page now.

## messages/: mails and SMS. Subjects name nobody. SMS keep to the GSM-7 alphabet: one other character, and an SMS holds 70 characters
## instead of 160.

mail-registered-subject = Your registration in Clave SENCE
mail-registered-text = You registered in Clave SENCE (CS) of { $institution }. With your RUT and your CS you can enter the systems of the institution.
mail-confirm-text = To confirm that this e-mail is yours, open this link. It works for 72 hours.
mail-confirm-link = Confirm my e-mail
mail-already-subject = Somebody tried to register your RUT
mail-already-text = Somebody filled in the registration in Clave SENCE (CS) of { $institution } with your RUT, which already has a CS. We changed nothing. If it was you and you forgot your CS, request a new one here.
mail-already-link = Request a new CS
mail-key-subject = Your provisional key for Clave SENCE
mail-key-text = A provisional key was generated, which is: { $key }. This (provisional) key lasts { $hours } hour(s) from the date: { $date }.
mail-key-change = To change your provisional key for a permanent CS, please go here.
mail-key-link = Change CS
mail-key-current = Until you change it, your current CS keeps working. Give this key to nobody: we will never ask for it by telephone or e-mail.
mail-key-frozen = Your current CS stays blocked until you change it with this key. Give this key to nobody: we will never ask for it by telephone or e-mail.
mail-withheld-subject = A provisional key for Clave SENCE
mail-withheld-text = A provisional key was generated for your CS of { $institution } on { $date }. Since your contact data changed recently, until { $until } keys go only to the e-mail address and mobile phone that you had before.
mail-changed-subject = Your Clave SENCE was changed
mail-changed-text = Your CS of { $institution } was changed on { $date }. Earlier and provisional keys no longer work.
mail-data-subject = Your data in Clave SENCE were changed
mail-data-text = Your data in Clave SENCE (CS) of { $institution } were updated on { $date }.
mail-data-held = For your security, until { $until } provisional keys go only to the e-mail address and mobile phone that you had before this change. Notices go to all of them.
mail-captcha-subject = Link to go on in Clave SENCE
mail-captcha-text = You asked to go on in Clave SENCE (CS) of { $institution } without the captcha. Open this link. It works once, for 1 hour.
mail-captcha-link = Go on
mail-captcha-ignore = If you did not ask for it, you can ignore this e-mail: without your CS or your secret answer nobody can use your account.
mail-frozen-subject = Your Clave SENCE is blocked
mail-frozen-text = Your CS of { $institution } was blocked on { $date }, because somebody told us that they did not recognise an event. Nobody can use it until you request a new one.
mail-frozen-operator = The help desk blocked your CS of { $institution } on { $date }. Nobody can use it until you request a new one or the help desk unblocks it.
mail-frozen-undone = We also undid the changes of e-mail address and mobile phone of the last 3 days: notices and keys go to the former ones again.
mail-frozen-link = Request a new CS
mail-unfrozen-subject = Your Clave SENCE is unblocked
mail-unfrozen-text = The help desk unblocked your CS of { $institution } on { $date }. Your CS from before works again.
mail-device-subject = Login from a new device
mail-device-text = Somebody logged in with your CS of { $institution } on { $date } from a device that we did not know.
mail-device-agent = Browser and system: { $agent }.
mail-device-yours = If it was you, there is nothing to do.
mail-test-subject = Test message of Clave SENCE
mail-test-text = This is a test message of Clave SENCE (CS) of { $institution }, sent on { $date } by who runs the service. It is about nobody: there is nothing to do.
mail-help = This e-mail is sent automatically; please do not reply. Help: { $contact }.
mail-not-me = Was this not you? Open this link and we will block your CS.
mail-not-me-again = Keep this e-mail: if you later see something that you did not do, open this link and we will block your CS again.
mail-not-me-link = This was not me
sms-registered = Clave SENCE: your CS was created. Not you? { $link }
sms-already = Clave SENCE: somebody tried to register your RUT. Not you? { $link }
sms-key = Provisional key: { $key }, until { $until }. Not you? { $link }
sms-withheld = CS: your key goes to your former contact until { $until }. Not you? { $link }
sms-changed = Clave SENCE: your CS was changed on { $date }. Not you? { $link }
sms-data = Clave SENCE: your data were changed on { $date }. Not you? { $link }
sms-data-held = CS: new data; keys go to the former ones until { $until }. Not you? { $link }
sms-captcha = Clave SENCE: to go on, open this link (1 hour): { $link } Not you? { $mine }
sms-frozen = Clave SENCE: your CS was blocked on { $date }. Request a new one: { $link } To block it again: { $mine }
sms-unfrozen = Clave SENCE: your CS was unblocked on { $date }. Not you? { $link }
sms-device = Clave SENCE: login from a new device on { $date }. Not you? { $link }
sms-test = Clave SENCE: test message of { $date }. There is nothing to do.

## portal/update_*.html

error-phone-empty = Enter your mobile phone
update-title = Update data
update-step-1 = Step 1 of 3: Check your data
update-step-2 = Step 2 of 3: Security data
update-step-3 = Step 3 of 3: Update data
update-security = Security data
update-security-why = This is how we check that only you can change your personal data.
update-question-hint = Choose the question that you chose when you registered.
update-validate = Check
update-continue = Continue
update-back = Back to step 1
update-without-data = My e-mail, my birth date or my secret question is not registered
update-with-key = Enter your current CS instead of what is not registered. If you do not have your CS either, contact the help desk.
update-no-match = The data do not match a registered person. Check the RUT, the birth date and the e-mail address.
update-no-match-key = The data do not match a registered person. Check the RUT, the CS and the data that you have registered.
update-wrong-answer = The question and the answer do not match. Check both.
birth-format = Format: 01-12-1992 (day-month-year)
email-registered-label = Registered e-mail
email-current-label = Current e-mail
update-review = Review the changes
update-review-title = Review your changes
update-review-text = We have not saved anything yet. Check the data and confirm.
update-no-changes = No data were changed.
update-none = (none)
update-confirm = Confirm
update-edit-again = Back to the data
update-done-title = Your data were updated
update-done-text = We saved your data on { $at }.
update-done-held = For your security, until { $until } provisional keys go only to the e-mail address and mobile phone that you had before. Notices go to all of them.
update-done-again = If you left a process to update your data, begin it again from the start.

## Log in, log out

## First login from a new device (message)

## Systems: consent, errors, logout, devices

system-refused-title = We cannot go on
system-refused-what = The system you come from sent a request that we cannot answer. You did nothing wrong, and your data are safe.
system-refused-do = Go back to the system and try again. If it happens again, tell the people who run that system.
system-refused-technical = For the people who run the system
system-back = Back to { $system }
consent-title = Data that a system asks for
consent-heading = { $system } asks for some of your data
consent-intro = If you accept, { $system } will know these data:
consent-offline = The system will be able to read these data also while you are not connected, until you withdraw the permission.
consent-key = The system never learns your CS.
consent-accept = Accept and continue
consent-refuse = Do not share
consent-withdraw = We will ask you again only if the system asks for other data. You can withdraw this permission whenever you want under
consent-withdraw-link = Connected systems, in My account
consent-sub = Identifier
consent-sub-value = A code that says nothing about you
consent-name = Name
consent-given-names = Given names
consent-surnames = Surnames
consent-birth = Date of birth
consent-email = E-mail
consent-email-confirmed = E-mail confirmed
consent-phone = Mobile
consent-phone-confirmed = Mobile confirmed
consent-address = Home address
consent-run = RUN
consent-language = Language
consent-updated = Last change of your data
consent-yes = Yes
consent-no = No
consent-none = (no data)
system-leave-title = Do you want to log out?
system-leave-by = { $system } asks to end the session of your CS.
system-leave-by-unknown = A system asks to end the session of your CS.
system-leave-what = This also logs you out of the other systems that you entered with your CS in this browser.
system-leave-button = Log out
system-leave-stay = Stay connected
system-left-title = Your session has ended
system-left-what = You are no longer connected with your CS in this browser.
device-title = Connect a device
device-intro = Type the code that your device shows, for example a television or a terminal.
device-code-label = Code of the device
device-code-hint = Eight letters, for example BCDF-GHJK
device-continue = Continue
device-code-empty = Enter the code that your device shows
device-code-shape = The code has eight letters, for example BCDF-GHJK
device-code-unknown = The code is not right or has expired. Check it, or ask your device for another one.
device-confirm-title = Confirm the device
device-confirm-heading = Connect { $system } on your device?
device-warning = Accept only if you started this yourself and your device shows this code now. Nobody should ask you for it by telephone, e-mail or message.
device-accept = Connect
device-refuse = Do not connect
device-done-title = Your device is connected
device-done-text = You can go back to your device: it will go on by itself in a few seconds.
device-refused-title = We did not connect the device
device-refused-text = The device received no data. If you did not start this, there is nothing more to do.
device-account = See the connected systems

## Mi cuenta

account-title = My account
account-data = My details
account-systems = Connected systems
account-sessions = Sessions and devices
account-messages = Messages
account-activity = Activity
account-log-out = Log out
account-masked = We show only a part of each detail, in case somebody else sees your screen.
account-not-confirmed = not confirmed
account-since = Registered
account-update = Update your contact details
account-update-text = You can see and correct your home address, your email and your mobile. We will tell you about each change.
account-update-key = You logged in more than 10 minutes ago, so please type your CS again.
account-update-button = See and update my details
account-key = Change your CS
account-key-text = Changing it ends all your sessions, including this one.
account-key-link = Change your CS
account-key-wrong = The CS is not correct
account-language = Language of messages
account-language-label = Language
account-language-hint = We send you emails and SMS in this language. You choose the language of the pages above.
account-language-button = Save language
account-language-choose = Choose a language
account-language-done = From now on we will write to you in this language.
account-unknown-device = Unidentified device
account-last-used = Last used
systems-text = These systems recognise your CS. You can disconnect any of them.
systems-none = No systems are connected yet.
systems-since = Connected since
systems-data = Details it knows
systems-data-profile = Names, date of birth and language
systems-data-name = Names
systems-data-email = Email
systems-data-phone = Mobile
systems-data-address = Home address
systems-data-run = RUN
systems-data-none = Only a code that says nothing about you
systems-offline = It can look these details up also while you are not logged in.
systems-disconnect = Disconnect
systems-disconnected = The system is disconnected. If you enter it again, we will ask you again which details it may know.
systems-disconnected-own = The system is disconnected. If you enter it again, it will be connected again.
systems-what = A system that you disconnect gets your details no more. What it has received already, it keeps by its own rules.
sessions-open = Open sessions
sessions-text = Your account is open here. If you do not recognise a session, end it and change your CS.
sessions-this = This session
sessions-place = Approximate internet address
sessions-since = Open since
sessions-end = End session
sessions-end-others = End all others
sessions-ended = The session is closed.
sessions-others-ended = All other sessions are closed.
sessions-devices = Known devices
sessions-devices-text = You have logged in from these devices before. When somebody logs in from another one, we tell you.
sessions-no-devices = There are no known devices.
sessions-this-device = This device
sessions-known-since = Known since
sessions-last-login = Last login
sessions-forget = Forget
sessions-forgotten = We have forgotten the device and closed your other sessions on it.

## account/messages.html

messages-text = The e-mails and SMS that we sent you in the last 30 days, the latest first.
messages-none = We have sent you no messages in the last 30 days.
messages-pages = Pages of messages
messages-contact = Our messages do not reach you? Check your contact data
messages-by-email = by e-mail
messages-by-sms = by SMS
messages-registered = Notice of your registration
messages-already-registered = Notice: somebody wanted to register your RUT
messages-provisional-key = Provisional key
messages-key-withheld = Notice of a provisional key sent to your former contact
messages-key-changed = Notice that your CS was changed
messages-data-changed = Notice that your data were changed
messages-captcha-link = Link to go on without the captcha
messages-frozen = Notice that your CS was blocked
messages-unfrozen = Notice that your CS was unblocked
messages-new-device = Notice of a login from a new device
messages-other = Message

## Mi cuenta: activity

activity-text = What happened to your account, the latest first.
activity-from = from { $network }
activity-pages = Pages of the activity
activity-newer = Newer
activity-older = Older
activity-not-me = Do you see something that you did not do?
activity-other = Something happened to your account
activity-registered = Your CS was registered
activity-taken-rut = Somebody completed the registration with your RUT, which already had a CS. Nothing changed
activity-provisional-key = A provisional key was made
activity-recovery-refused = A provisional key was requested with a wrong answer
activity-recovery-interrupted = A provisional key was requested, but details were missing
activity-key-changed = The CS was changed
activity-key-changed-provisional = The CS was changed with a provisional key
activity-key-change-new = The CS was not changed: the new one did not meet the rules
activity-key-change-refused = Somebody tried to change the CS with a wrong key
activity-key-change-interrupted = The CS was not changed: details were missing
activity-update-refused = Somebody tried to update your details without proving to be you
activity-data-changed = Your details were updated: { $what }
activity-email-confirmed = Your email was confirmed
activity-frozen = The CS was blocked from a link “It was not me”
activity-frozen-desk = The help desk blocked the CS
activity-unfrozen = The help desk unblocked the CS
activity-contact-undone = A change of email or mobile was undone
activity-captcha-link = A link to go on without the captcha was sent
activity-shown = The help desk looked at your account
activity-messages-listed = The help desk looked at where your messages are
activity-messages-retried = The help desk had a message to you sent again
activity-logged-in = Login with your CS
activity-login-refused = Attempt to log in with a wrong key
activity-login-interrupted = Login interrupted: details were missing
activity-login-provisional = Login with the provisional key: it still had to be changed
activity-logged-out = The session was closed
activity-session-account = A session was closed from “My account”
activity-session-system = A session was closed from a system
activity-session-somebody = A session was closed because somebody else logged in with the same browser
activity-session-key = A session was closed because the CS changed
activity-session-frozen = A session was closed because the CS was blocked
activity-session-time = A session ended after a while
activity-system-entered = You entered { $system }
activity-consent-given = You let { $system } know your details
activity-consent-withdrawn = You disconnected { $system }
activity-token-reused = For safety, we ended the access of { $system }: somebody used the same permission twice
activity-grant-revoked = { $system } no longer has access to your details
activity-device-granted = You connected a device with { $system }
activity-device-forgotten = A device was forgotten
activity-language-changed = The language of messages was changed
activity-attendance-started = You began a session of a course of { $otec }
activity-attendance-closed = You ended a session of a course of { $otec }
activity-attendance-refused = An attempt to register your attendance at a course of { $otec } did not succeed
activity-attendance-test = You tried the attendance register of { $otec } (it does not count)

## Attendance (RCE)

rce-start-title = Begin a session of a course
rce-close-title = End a session of a course
rce-for = You are registering your attendance at a course of:
rce-course = Course { $code }
rce-start-heading = Enter your CS to begin the session
rce-close-heading = Enter your CS to end the session
rce-test = This is a test environment: the attendance does not count.
rce-time = You have three minutes:
rce-until = until { $until }, Chilean time.
rce-time-then = If that is not enough, this page goes back to your course by itself and you can begin again.
rce-rut-hint = Your course gave it. If it is not yours, do not go on: tell those who run the course.
rce-start-submit = Begin session
rce-close-submit = End session
rce-recover = Request a new CS
rce-key-wrong = { $left ->
    [one] The CS is not right. You have { $left } try left.
   *[other] The CS is not right. You have { $left } tries left.
}
rce-then = After that, begin again from your course:
rce-gone-title = Begin again from your course
rce-gone-what = The time to enter your CS is over, or the address of this page is incomplete.
rce-gone-do = Go back to your course and choose again to begin or end the session.
rce-started-title = Your session has begun
rce-started-text = We registered the beginning of your attendance. When you finish, end the session in your course.
rce-closed-title = Your session has ended
rce-closed-text = We registered the end of your attendance.
rce-not-started-title = The session did not begin
rce-not-closed-title = The session did not end
rce-code = Code { $code }
rce-todo-key = You can try again from your course. If you do not remember your CS, request a new one in this portal.
rce-todo-again = You can begin again from your course.
rce-todo-tell = Tell those who run your course, and give them the code.
rce-by-itself = Now you go back to your course at { $host }. If the page does not go on by itself, press “Continue”.
rce-asks = When you continue, you will go to this site:
rce-asks-only = Continue only if it is the site of your course.
rce-continue = Continue
rce-here-title = We cannot go back to your course
rce-here-what = Your course sent a request that we cannot answer. You did nothing wrong and your data are safe.
rce-here-do = Go back to your course and try again. If it happens again, show this page to those who run it.
rce-here-technical = Information for those who run the course
rce-here-origin = It also happens when the address is not among the origins declared for the OTEC, or is longer than allowed.
rce-address-title = E-learning attendance register (RCE)
rce-address-what = This address receives participants who come from their course. Opened like this, it does nothing.
rce-address-participant = If you take part in a course
rce-address-participant-text = Enter your course and begin the session from there. The course will bring you to this page to enter your CS.
rce-address-lms = If you run the platform of a training body (OTEC)
rce-address-lms-text = Give this address to your platform. The participant’s browser sends a form here by POST, with the fields of the RCE integration manual, version 1.1.3.
rce-address-url = Address
rce-address-act = What it does
rce-address-start = Begins a session
rce-address-close = Ends a session
rce-address-environment = Environment
rce-address-production = Production
rce-address-test = Test: the attendance does not count
rce-address-contact = To get a token, or to tell us the addresses of your platform, contact:
rce-code-100 = Wrong password, or the user has no Clave SENCE.
rce-code-200 = One or more mandatory parameters of the POST have no content. This also happens when the name of a parameter is misspelt (for example, RutAlumno instead of RunAlumno), or when a mandatory parameter holds only blanks.
rce-code-201 = UrlRetoma, UrlError or both have no content. Both parameters are mandatory in every POST.
rce-code-202 = UrlRetoma is not well formed.
rce-code-203 = UrlError is not well formed.
rce-code-204 = The Código SENCE has fewer than 10 characters, or is not a valid code.
rce-code-205 = The Código Curso has fewer than 7 characters, or is not a valid code.
rce-code-206 = The training line (LineaCapacitacion) is wrong.
rce-code-207 = The Run Alumno is not well formed, or its check digit is wrong.
rce-code-208 = The Run Alumno is not authorised to take the course.
rce-code-209 = The Rut OTEC is not well formed, or its check digit is wrong.
rce-code-210 = The time to enter RUT and password is over. It is three minutes.
rce-code-211 = The token does not belong to the OTEC.
rce-code-212 = The token is not in force.
rce-code-300 = Unclassified internal error: it must be reported to SENCE with as many details as possible.
rce-code-301 = The beginning or end of the session could not be registered. This happens when the training line is wrong, or the Código Curso is wrong.
rce-code-302 = The data of the training body could not be validated: it must be reported to SENCE with as many details as possible.
rce-code-303 = The token does not exist, or is not well formed.
rce-code-304 = The data that were sent could not be verified: it must be reported to SENCE with as many details as possible.
rce-code-305 = The data could not be registered: it must be reported to SENCE with as many details as possible.
rce-code-306 = The Código Curso does not correspond to the Código SENCE.
rce-code-307 = The Código Curso is not of the e-learning modality.
rce-code-308 = The Código Curso does not correspond to the RUT OTEC.
rce-code-309 = The dates given for the Código Curso do not correspond to the present date.
rce-code-310 = The Código Curso is in the state Terminado or Anulado (ended or annulled).
