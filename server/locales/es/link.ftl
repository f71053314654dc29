# Español. Las explicaciones están en ../en/link.ftl.

## Every page

footer = Vinculado con Bowline
sandbox = Entorno de pruebas: nada de esto llega a Dropbox. Todo es ficticio.
request = Solicitud { $number }
back = Volver a { $app }
back-unnamed = Volver a la aplicación
again = Intentar de nuevo
finish = Terminar la vinculación
choose = Elegir otra cuenta
support = Ayuda de { $app }
privacy = Política de privacidad de { $app }

## Before the provider: who asks for what

consent = { $app } quiere acceder a tu cuenta de { $provider }
consent-for = Para tu cuenta { $user } en { $tenant }
consent-lead = Si lo permites, { $app } podrá hacer lo siguiente.
see = Ver
change = Cambiar
new = Nuevo
everything = Hacer en tu cuenta todo lo que permite el registro de la aplicación en { $provider }, hasta que tú o la aplicación pongáis fin a la vinculación
codes = Nombres técnicos de estos permisos
caution = Continúa solo si has llegado aquí desde { $app } por tu cuenta.
caution-help = Si alguien te ha enviado este enlace, cierra esta página: esa persona obtendría acceso a tus archivos.
continue = Continuar a { $provider }
cancel = Cancelar
next = Inicias sesión en { $provider } y después vuelves a { $site }.
undo = Cómo deshacerlo
undo-help = Puedes poner fin a este acceso en cualquier momento, en { $app } o en la configuración de tu cuenta de { $provider }, entre las aplicaciones conectadas.
bowline = ¿Quién es Bowline?
bowline-help = Bowline establece esta conexión para { $tenant } y guarda sus claves cifradas. Nunca ve tu contraseña de { $provider }.

## Linking an account again

relink = Vuelve a vincular tu cuenta de { $provider } con { $app }
relink-account = Elige la cuenta { $email }, que ya estaba vinculada.
relink-revoked = { $provider } ya no acepta el acceso que diste. Esto ocurre cuando la aplicación se desconecta en tu configuración de { $provider } o cambia tu contraseña.
relink-asked = { $app } te pide que confirmes el acceso que diste.
relink-disconnected = La cuenta se desvinculó, así que { $app } no tiene acceso a ella en este momento.
upgrade = { $app } pide más acceso a tu cuenta de { $provider }

## Moving on

onward = Vamos a { $destination }
onward-help = La página siguiente se abre sola. Si no ocurre nada, usa el botón.
onward-button = Continuar a { $destination }

## Ends: a heading that says what is true, and what helps

too-old = Este enlace es demasiado antiguo
    .help = Por tu seguridad, un enlace funciona solo unos minutos. Vuelve a la aplicación de la que vienes y empieza de nuevo allí.
too-late = Ha tardado demasiado
    .help = Por tu seguridad, una vinculación debe terminarse en pocos minutos. Esta vez tu cuenta de { $provider } no se ha vinculado. Vuelve atrás y empieza de nuevo.
used = Este enlace ya se ha usado
    .help = Cada enlace funciona una sola vez. Si tu cuenta de { $provider } aún no está vinculada, vuelve a la aplicación de la que vienes y empieza de nuevo allí.
opened-elsewhere = Este enlace está abierto en otro navegador
    .help = Se empezó allí, y solo ese navegador puede terminarlo. Continúa allí, o vuelve a la aplicación y empieza de nuevo en este navegador.
not-this-browser = Esto no pertenece a tu navegador
    .help = La respuesta no corresponde a ninguna vinculación que este navegador recuerde, así que con ella no se ha vinculado nada. Si tu cuenta aún no está vinculada, empieza de nuevo en la aplicación y permanece en el mismo navegador.
without-cookie = Tu navegador no ha guardado nuestra cookie
    .help = Sin ella no podemos saber que eres tú quien vuelve de { $provider }. Permite las cookies de este sitio, vuelve a la aplicación y empieza de nuevo allí.
out-of-date = Esta página ya no está al día
    .help = Se ha abierto de nuevo en este navegador, así que su botón no ha hecho nada. Carga la página otra vez y vuelve a pulsar el botón.
foreign = Esto lo ha enviado otro sitio
    .help = Por tu seguridad se ha ignorado y no ha cambiado nada. Vuelve a la aplicación de la que vienes y empieza de nuevo allí.
approved = Has dado tu aprobación
    .help = Solo falta un paso: la aplicación de la que vienes debe terminar la vinculación.
in-progress = Tu cuenta de { $provider } se está vinculando
    .help = Tarda un momento. Vuelve a comprobarlo dentro de unos segundos.
linked = Tu cuenta de { $provider } está vinculada
    .help = Aquí no queda nada por hacer. Vuelve a la aplicación de la que vienes.
declined = Has rechazado la solicitud
    .help = Tu cuenta de { $provider } no se ha vinculado. Si cambias de opinión, vuelve a la aplicación y empieza de nuevo allí.
cancelled = La aplicación ha cancelado esta vinculación
    .help = No se ha cambiado nada. Si todavía quieres vincular tu cuenta de { $provider }, vuelve a la aplicación y empieza de nuevo allí.
failed = La vinculación no ha funcionado
    .help = Terminó antes de que tu cuenta de { $provider } pudiera vincularse. Vuelve a la aplicación de la que vienes y empieza de nuevo allí.
wrong-account = Era otra cuenta de { $provider }
    .help = No se ha cambiado nada. Para volver a vincular, elige la cuenta que ya estaba vinculada.
wrong-account-known = Era otra cuenta de { $provider }
    .help = No se ha cambiado nada. Para volver a vincular, elige la cuenta { $email }.
wrong-kind-work = Esta aplicación necesita una cuenta de trabajo
    .help = Has dado tu aprobación con una cuenta personal de { $provider }, así que no se ha vinculado nada. Elige la cuenta de tu equipo o empresa.
wrong-kind-personal = Esta aplicación necesita una cuenta personal
    .help = Has dado tu aprobación con la cuenta de { $provider } de un equipo, así que no se ha vinculado nada. Elige tu cuenta personal.
team = Era un equipo entero
    .help = Esta aplicación vincula la cuenta de una persona y no un equipo entero de { $provider }, así que no se ha vinculado nada. Indica a sus creadores el número de solicitud que aparece abajo.
not-permitted = { $provider } no lo permite
    .help = Tu cuenta de { $provider } no puede usarse con esta aplicación. Prueba con otra cuenta o pregunta al administrador de esta.
lost = No hemos recibido respuesta a tiempo
    .help = Puede que { $provider } muestre la aplicación como conectada aunque no haya nada vinculado. Vuelve a la aplicación y empieza de nuevo allí.
provider-trouble = { $provider } ha tenido un problema
    .help = Tu cuenta no se ha vinculado, y no tiene ningún problema. Vuelve a la aplicación e inténtalo de nuevo dentro de unos minutos.
misconfigured = Esta aplicación no está bien configurada
    .help = { $provider } rechaza su solicitud, y tú no has hecho nada mal. Indica a sus creadores el número de solicitud que aparece abajo: deben corregir el registro de la aplicación en { $provider }.
disabled = La vinculación está desactivada por ahora
    .help = Esta aplicación no admite nuevas vinculaciones en este momento, y no se ha cambiado nada. Inténtalo más tarde o pregunta a sus creadores.
provider-unreachable = No se puede acceder a { $provider }
    .help = No se ha cambiado nada, y tu enlace sigue funcionando. Inténtalo de nuevo en un momento.
too-many = Demasiadas solicitudes
    .help = Tu red nos ha enviado más solicitudes de las que respondemos a la vez. Espera un minuto e inténtalo de nuevo.
not-found = Este enlace no funciona
    .help = Puede que esté incompleto o mal copiado, o que un enlace más reciente lo haya sustituido. Vuelve a la aplicación de la que vienes y empieza de nuevo allí.
unavailable = Inténtalo de nuevo en un momento
    .help = Algo que necesitamos no está disponible en este instante. Vuelve a cargar esta página en un momento.
internal = Algo ha fallado aquí
    .help = El fallo es nuestro. Comprueba en la aplicación si tu cuenta está vinculada; si no, empieza de nuevo allí. Si vuelve a ocurrir, indica a sus creadores el número de solicitud que aparece abajo.

## The page with the user's linked accounts

accounts = Tus cuentas vinculadas
accounts-for = { $app }, para tu cuenta { $user } en { $tenant }
accounts-lead = Aquí ves qué cuentas has vinculado con { $app }, cuándo se usaron y qué puede hacer la aplicación con ellas. Puedes desvincular cada una.
accounts-open = Mostrar mis cuentas
accounts-caution = Continúa solo si has llegado aquí por tu cuenta desde { $app }.
accounts-caution-help = Si alguien te envió este enlace, cierra esta página. Funciona una sola vez, en un solo navegador.
accounts-more = También hay cuentas más antiguas vinculadas que no caben en esta página. Aparecen cuando desvinculas otras.
accounts-ended-more = Las cuentas desvinculadas anteriormente no se muestran.
accounts-none = No hay ninguna cuenta vinculada
accounts-none-help = { $app } no tiene acceso a ninguna de tus cuentas. Si quieres vincular una, vuelve a la aplicación.
accounts-ended = Cuentas desvinculadas
linked-at = Vinculada desde el { $since }
linked-to = { $provider }, vinculada con { $app }
state-linked = Vinculada
state-needs-reauth = Hay que vincularla de nuevo
state-needs-reauth-help = { $provider } ya no acepta el acceso que diste, así que { $app } no puede usar esta cuenta.
state-suspended = En pausa
state-suspended-help = Los operadores de este servicio han puesto esta cuenta en pausa. Mientras tanto { $app } no puede usarla, y puedes desvincularla igualmente.
state-revoking = Se está desvinculando
state-revoking-help = { $app } ya no puede usar esta cuenta. Estamos pidiendo a { $provider } que termine el acceso, lo que tarda un momento.
state-revoked = Desvinculada
state-revoked-help = { $app } ya no puede usar esta cuenta, y { $provider } ha terminado el acceso.
state-revoked-here-help = { $app } ya no puede usar esta cuenta. { $provider } no lo ha confirmado: mira en la configuración de tu cuenta de { $provider }, entre las aplicaciones conectadas, y quita allí la aplicación si todavía aparece.
used-never = Todavía no se ha usado
used-day = Usada en las últimas 24 horas ({ $date })
used-week = Usada en la última semana ({ $date })
used-month = Usada en el último mes ({ $date })
used-earlier = Sin usar desde hace más de un mes (la última vez, el { $date })
got-all = La aplicación recibió una clave para todos los permisos que tenía entonces
got-some = La aplicación recibió una clave solo para estos permisos:
got-signature = Firmamos una solicitud para la aplicación, que no recibió ninguna clave
may = Lo que { $app } puede hacer
might = Lo que { $app } podía hacer
disconnect = Desvincular
link-again = Vincular de nuevo
link-again-in-app = Para vincularla de nuevo, vuelve a { $app } y empieza allí.
disconnect-question = ¿Desvincular { $account }?
disconnect-what = { $app } ya no podrá usar esta cuenta de { $provider }. No se borra nada en tu cuenta, y lo que { $app } haya copiado antes se queda allí.
disconnect-undo = Puedes vincular la cuenta de nuevo en cualquier momento.
disconnect-yes = Sí, desvincular
disconnect-no = No, mantenerla vinculada
date = { $day } de { $month } de { $year }
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
page-expired = Esta página ha caducado
    .help = Por tu seguridad, solo funciona unos minutos. Vuelve a la aplicación de la que viniste y abre allí de nuevo tus cuentas vinculadas.
page-elsewhere = Tus cuentas están abiertas en otro navegador
    .help = Por tu seguridad, este enlace funciona en el navegador que lo abrió primero. Vuelve a la aplicación de la que viniste y abre allí de nuevo tus cuentas vinculadas.
page-without-cookie = Tu navegador no guardó la cookie de esta página
    .help = Sin ella no podemos saber que eres tú quien ve tus cuentas. Permite las cookies para este sitio, vuelve a la aplicación y abre allí de nuevo tus cuentas vinculadas.

## Permissions: after "See", what the app can see

scope-account_info-read = Tu nombre, tu correo electrónico y tu país
scope-files-metadata-read = Los nombres y ubicaciones de tus archivos y carpetas
scope-files-content-read = El contenido de tus archivos
scope-sharing-read = Lo que compartes y con quién
scope-file_requests-read = Tus solicitudes de archivos
scope-contacts-read = Tus contactos
scope-openid = Qué cuenta de { $provider } es la tuya
scope-email = Tu correo electrónico
scope-profile = Tu nombre
scope-team_info-read = El nombre, el tamaño y la configuración de tu equipo
scope-team_data-content-read = El contenido de los archivos de tu equipo
scope-team_data-governance-read = Las retenciones legales de tu equipo
scope-files-team_metadata-read = Los nombres y ubicaciones de los archivos y carpetas de tu equipo
scope-members-read = Quién forma parte de tu equipo
scope-groups-read = Los grupos de tu equipo y sus miembros
scope-sessions-list = Los dispositivos y aplicaciones que usan los miembros de tu equipo
scope-events-read = Lo que ha ocurrido en tu equipo

## Permissions: after "Change", what the app can do

scope-account_info-write = Cambiar la configuración de tu cuenta, como tu foto de perfil
scope-files-metadata-write = Cambiar la información de tus archivos y carpetas
scope-files-content-write = Cambiar, añadir y eliminar archivos
scope-files-permanent_delete = Eliminar archivos para siempre, sin que nadie pueda restaurarlos
scope-sharing-write = Compartir tus archivos y carpetas con otras personas
scope-file_requests-write = Crear y cambiar solicitudes de archivos
scope-contacts-write = Cambiar tus contactos
scope-team_data-member = Actuar en nombre de los miembros de tu equipo, con los demás permisos de esta página
scope-team_data-team_space = Trabajar con el espacio compartido de tu equipo
scope-team_data-content-write = Cambiar, añadir y eliminar archivos de tu equipo
scope-team_data-governance-write = Crear, cambiar y levantar retenciones legales de tu equipo
scope-files-team_metadata-write = Cambiar la información de los archivos y carpetas de tu equipo
scope-members-write = Invitar, cambiar y suspender a miembros de tu equipo
scope-members-delete = Quitar a miembros de tu equipo, junto con sus cuentas
scope-groups-write = Crear, cambiar y eliminar grupos de tu equipo
scope-sessions-modify = Cerrar la sesión de dispositivos y aplicaciones de los miembros de tu equipo

scope-other = Usar este permiso de { $provider }:
