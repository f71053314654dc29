# Français. Les explications se trouvent dans ../en/link.ftl.

## Every page

footer = Associé avec Bowline
sandbox = Bac à sable : rien ici n’atteint Dropbox. Tout est fictif.
request = Demande { $number }
back = Revenir à { $app }
back-unnamed = Revenir à l’application
again = Réessayer
finish = Terminer l’association
choose = Choisir un autre compte
support = Aide de { $app }
privacy = Politique de confidentialité de { $app }

## Before the provider: who asks for what

consent = { $app } souhaite accéder à votre compte { $provider }
consent-for = Pour votre compte { $user } chez { $tenant }
consent-lead = Si vous l’autorisez, { $app } pourra effectuer les opérations suivantes.
see = Consulter
change = Modifier
new = Nouveau
everything = Faire dans votre compte tout ce que permet l’enregistrement de l’application auprès de { $provider }, jusqu’à ce que vous ou l’application mettiez fin à l’association
codes = Noms techniques de ces autorisations
caution = Ne continuez que si vous êtes arrivé ici vous-même depuis { $app }.
caution-help = Si quelqu’un vous a envoyé ce lien, fermez cette page : cette personne obtiendrait l’accès à vos fichiers.
continue = Continuer vers { $provider }
cancel = Annuler
next = Vous vous connectez à { $provider }, puis vous revenez sur { $site }.
undo = Comment annuler cet accès
undo-help = Vous pouvez mettre fin à cet accès à tout moment, dans { $app } ou dans les paramètres de votre compte { $provider }, parmi les applications connectées.
bowline = Qui est Bowline ?
bowline-help = Bowline établit cette connexion pour { $tenant } et en conserve les clés sous forme chiffrée. Bowline ne voit jamais votre mot de passe { $provider }.

## Linking an account again

relink = Associez de nouveau votre compte { $provider } à { $app }
relink-account = Choisissez le compte { $email }, qui était déjà associé.
relink-revoked = { $provider } n’accepte plus l’accès que vous aviez accordé. Cela arrive lorsque l’application est déconnectée dans vos paramètres { $provider } ou que votre mot de passe change.
relink-asked = { $app } vous demande de confirmer l’accès que vous avez accordé.
relink-disconnected = Le compte a été dissocié ; { $app } n’y a donc pas accès pour le moment.
upgrade = { $app } demande un accès plus étendu à votre compte { $provider }

## Moving on

onward = En route vers { $destination }
onward-help = La page suivante s’ouvre d’elle-même. Si rien ne se passe, utilisez le bouton.
onward-button = Continuer vers { $destination }

## Ends: a heading that says what is true, and what helps

too-old = Ce lien est trop ancien
    .help = Pour votre sécurité, un lien ne fonctionne que quelques minutes. Revenez à l’application d’où vous venez et recommencez.
too-late = Cela a pris trop de temps
    .help = Pour votre sécurité, une association doit être terminée en quelques minutes. Votre compte { $provider } n’a pas été associé cette fois. Revenez en arrière et recommencez.
used = Ce lien a déjà été utilisé
    .help = Chaque lien ne fonctionne qu’une fois. Si votre compte { $provider } n’est pas encore associé, revenez à l’application d’où vous venez et recommencez.
opened-elsewhere = Ce lien est ouvert dans un autre navigateur
    .help = Il a été commencé dans cet autre navigateur, qui seul peut le terminer. Continuez là-bas, ou revenez à l’application et recommencez dans ce navigateur-ci.
not-this-browser = Ceci n’appartient pas à votre navigateur
    .help = La réponse ne correspond à aucune association dont ce navigateur se souvient ; elle n’a donc servi à aucune association. Si votre compte n’est pas encore associé, recommencez dans l’application et restez dans le même navigateur.
without-cookie = Votre navigateur n’a pas conservé notre cookie
    .help = Sans lui, nous ne pouvons pas savoir que c’est bien vous qui revenez de { $provider }. Autorisez les cookies pour ce site, puis revenez à l’application et recommencez.
out-of-date = Cette page n’est plus à jour
    .help = Elle a été rouverte entre-temps dans ce navigateur, et son bouton n’a donc rien fait. Rechargez la page et appuyez de nouveau sur le bouton.
foreign = Ceci a été envoyé par un autre site
    .help = Pour votre sécurité, cet envoi a été ignoré et n’a rien changé. Revenez à l’application d’où vous venez et recommencez.
approved = Vous avez donné votre accord
    .help = Il ne reste qu’une étape : l’application d’où vous venez doit terminer l’association.
in-progress = Votre compte { $provider } est en cours d’association
    .help = Cela prend un instant. Vérifiez de nouveau dans quelques secondes.
linked = Votre compte { $provider } est associé
    .help = Il n’y a plus rien à faire ici. Revenez à l’application d’où vous venez.
declined = Vous avez refusé
    .help = Votre compte { $provider } n’a pas été associé. Si vous changez d’avis, revenez à l’application et recommencez.
cancelled = L’application a annulé cette association
    .help = Rien n’a été changé. Si vous souhaitez toujours associer votre compte { $provider }, revenez à l’application et recommencez.
failed = L’association n’a pas abouti
    .help = Elle s’est arrêtée avant que votre compte { $provider } puisse être associé. Revenez à l’application d’où vous venez et recommencez.
wrong-account = C’était un autre compte { $provider }
    .help = Rien n’a été changé. Pour associer de nouveau, choisissez le compte qui était déjà associé.
wrong-account-known = C’était un autre compte { $provider }
    .help = Rien n’a été changé. Pour associer de nouveau, choisissez le compte { $email }.
wrong-kind-work = Cette application demande un compte professionnel
    .help = Vous avez accepté avec un compte { $provider } personnel ; rien n’a donc été associé. Choisissez le compte de votre équipe ou de votre entreprise.
wrong-kind-personal = Cette application demande un compte personnel
    .help = Vous avez accepté avec le compte { $provider } d’une équipe ; rien n’a donc été associé. Choisissez votre compte personnel.
team = C’était une équipe entière
    .help = Cette application associe le compte d’une seule personne et non une équipe { $provider } entière ; rien n’a donc été associé. Indiquez à ses développeurs le numéro de demande ci-dessous.
not-permitted = { $provider } ne l’autorise pas
    .help = Votre compte { $provider } ne peut pas être utilisé avec cette application. Essayez un autre compte, ou adressez-vous à l’administrateur de celui-ci.
lost = Nous n’avons pas reçu de réponse à temps
    .help = { $provider } indique peut-être l’application comme connectée alors que rien n’est associé. Revenez à l’application et recommencez.
provider-trouble = { $provider } a rencontré un problème
    .help = Votre compte n’a pas été associé, et il n’est pas en cause. Revenez à l’application et réessayez dans quelques minutes.
misconfigured = Cette application n’est pas configurée correctement
    .help = { $provider } refuse sa demande, et vous n’y êtes pour rien. Indiquez à ses développeurs le numéro de demande ci-dessous : l’enregistrement de l’application auprès de { $provider } doit être corrigé.
disabled = Les associations sont suspendues pour le moment
    .help = Cette application n’accepte pas de nouvelle association actuellement, et rien n’a été changé. Réessayez plus tard, ou adressez-vous à ses développeurs.
provider-unreachable = { $provider } est injoignable
    .help = Rien n’a été changé, et votre lien fonctionne toujours. Réessayez dans un instant.
too-many = Trop de demandes
    .help = Votre réseau nous envoie plus de demandes que nous n’en traitons à la fois. Attendez une minute et réessayez.
not-found = Ce lien ne fonctionne pas
    .help = Il est peut-être incomplet ou mal recopié, ou un lien plus récent l’a remplacé. Revenez à l’application d’où vous venez et recommencez.
unavailable = Veuillez réessayer dans un instant
    .help = Un service dont nous avons besoin est momentanément injoignable. Rechargez cette page dans un instant.
internal = Une erreur s’est produite chez nous
    .help = L’erreur vient de nous. Vérifiez dans l’application si votre compte est associé ; sinon, recommencez. Si cela se reproduit, indiquez à ses développeurs le numéro de demande ci-dessous.

## The page with the user's linked accounts

accounts = Vos comptes associés
accounts-for = { $app }, pour votre compte { $user } chez { $tenant }
accounts-lead = Vous voyez ici quels comptes vous avez associés à { $app }, quand ils ont été utilisés et ce que l’application peut en faire. Vous pouvez dissocier chacun d’eux.
accounts-open = Afficher mes comptes
accounts-caution = Ne continuez que si vous êtes venu ici vous-même depuis { $app }.
accounts-caution-help = Si quelqu’un vous a envoyé ce lien, fermez cette page. Il fonctionne une seule fois, dans un seul navigateur.
accounts-more = D’autres comptes plus anciens sont associés et ne tiennent pas sur cette page. Ils s’affichent dès que vous en dissociez d’autres.
accounts-ended-more = Les comptes dissociés plus tôt ne sont pas affichés.
accounts-none = Aucun compte n’est associé
accounts-none-help = { $app } n’a accès à aucun de vos comptes. Si vous voulez en associer un, retournez dans l’application.
accounts-ended = Comptes dissociés
linked-at = Associé depuis le { $since }
linked-to = { $provider }, associé à { $app }
state-linked = Associé
state-needs-reauth = À associer de nouveau
state-needs-reauth-help = { $provider } n’accepte plus l’accès que vous avez donné ; { $app } ne peut donc pas utiliser ce compte.
state-suspended = En pause
state-suspended-help = Les opérateurs de ce service ont mis ce compte en pause. { $app } ne peut pas l’utiliser pendant ce temps, et vous pouvez toujours le dissocier.
state-revoking = Dissociation en cours
state-revoking-help = { $app } ne peut plus utiliser ce compte. Nous demandons à { $provider } de mettre fin à l’accès, ce qui prend un moment.
state-revoked = Dissocié
state-revoked-help = { $app } ne peut plus utiliser ce compte, et { $provider } a mis fin à l’accès.
state-revoked-here-help = { $app } ne peut plus utiliser ce compte. { $provider } ne l’a pas confirmé : regardez dans les paramètres de votre compte { $provider }, parmi les applications connectées, et retirez-y l’application si elle y figure encore.
used-never = Pas encore utilisé
used-day = Utilisé au cours des dernières 24 heures ({ $date })
used-week = Utilisé au cours de la dernière semaine ({ $date })
used-month = Utilisé au cours du dernier mois ({ $date })
used-earlier = Inutilisé depuis plus d’un mois (dernière fois le { $date })
got-all = L’application a reçu une clé pour toutes les autorisations qu’elle avait alors
got-some = L’application a reçu une clé pour ces autorisations seulement :
got-signature = Nous avons signé une requête pour l’application, qui n’a pas reçu de clé
may = Ce que { $app } peut faire
might = Ce que { $app } pouvait faire
disconnect = Dissocier
link-again = Associer de nouveau
link-again-in-app = Pour l’associer de nouveau, retournez dans { $app } et commencez là-bas.
disconnect-question = Dissocier { $account } ?
disconnect-what = { $app } ne pourra plus utiliser ce compte { $provider }. Rien n’est supprimé dans votre compte, et ce que { $app } a déjà copié y reste.
disconnect-undo = Vous pouvez associer le compte de nouveau à tout moment.
disconnect-yes = Oui, dissocier
disconnect-no = Non, le garder associé
date = { $day } { $month } { $year }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
page-expired = Cette page a expiré
    .help = Pour votre sécurité, elle ne fonctionne que quelques minutes. Retournez dans l’application d’où vous venez et ouvrez-y de nouveau vos comptes associés.
page-elsewhere = Vos comptes sont ouverts dans un autre navigateur
    .help = Pour votre sécurité, ce lien fonctionne dans le navigateur qui l’a ouvert en premier. Retournez dans l’application d’où vous venez et ouvrez-y de nouveau vos comptes associés.
page-without-cookie = Votre navigateur n’a pas gardé le cookie de cette page
    .help = Sans lui, nous ne pouvons pas savoir que c’est bien vous qui voyez vos comptes. Autorisez les cookies pour ce site, puis retournez dans l’application et ouvrez-y de nouveau vos comptes associés.

## Permissions: after "See", what the app can see

scope-account_info-read = Votre nom, votre adresse e-mail et votre pays
scope-files-metadata-read = Les noms et emplacements de vos fichiers et dossiers
scope-files-content-read = Le contenu de vos fichiers
scope-sharing-read = Ce que vous partagez et avec qui
scope-file_requests-read = Vos demandes de fichiers
scope-contacts-read = Vos contacts
scope-openid = Lequel des comptes { $provider } est le vôtre
scope-email = Votre adresse e-mail
scope-profile = Votre nom
scope-team_info-read = Le nom, la taille et les paramètres de votre équipe
scope-team_data-content-read = Le contenu des fichiers de votre équipe
scope-team_data-governance-read = Les conservations légales de votre équipe
scope-files-team_metadata-read = Les noms et emplacements des fichiers et dossiers de votre équipe
scope-members-read = Qui fait partie de votre équipe
scope-groups-read = Les groupes de votre équipe et leurs membres
scope-sessions-list = Les appareils et applications utilisés par les membres de votre équipe
scope-events-read = Ce qui s’est passé dans votre équipe

## Permissions: after "Change", what the app can do

scope-account_info-write = Modifier les paramètres de votre compte, comme votre photo de profil
scope-files-metadata-write = Modifier les informations sur vos fichiers et dossiers
scope-files-content-write = Modifier, ajouter et supprimer des fichiers
scope-files-permanent_delete = Supprimer des fichiers définitivement, sans que personne puisse les restaurer
scope-sharing-write = Partager vos fichiers et dossiers avec d’autres personnes
scope-file_requests-write = Créer et modifier des demandes de fichiers
scope-contacts-write = Modifier vos contacts
scope-team_data-member = Agir au nom des membres de votre équipe, avec les autres autorisations de cette page
scope-team_data-team_space = Utiliser l’espace partagé de votre équipe
scope-team_data-content-write = Modifier, ajouter et supprimer des fichiers de votre équipe
scope-team_data-governance-write = Créer, modifier et lever les conservations légales de votre équipe
scope-files-team_metadata-write = Modifier les informations sur les fichiers et dossiers de votre équipe
scope-members-write = Inviter, modifier et suspendre des membres de votre équipe
scope-members-delete = Retirer des membres de votre équipe, avec leurs comptes
scope-groups-write = Créer, modifier et supprimer les groupes de votre équipe
scope-sessions-modify = Déconnecter les appareils et applications des membres de votre équipe

scope-other = Utiliser cette autorisation de { $provider } :
