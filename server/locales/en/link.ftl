# The pages that end users see while they link an account. A translator changes only what stands after "=".
# The names in braces are filled in by Bowline:
#   $app       the name of the app that asks, such as "ACME Photos"
#   $tenant    the company that makes the app
#   $provider  whose account is linked, such as "Dropbox"; sometimes an address such as "api.example.com"
#   $user      what the company calls the user, such as "ada@acme.example"
#   $site      the address to which the user returns, such as "photos.example"
#   $email     an e-mail address, partly hidden, such as "a•••@example.com"
#   $number    the number of a request
#   $account   a linked account: an e-mail address, partly hidden, or a name
#   $since, $date  a day, as the text "date" writes it from $day, $month (one of the texts "month-…") and $year
# Markup is not possible here. `cargo verify` compares all languages with this file.

## Every page

footer = Linked with Bowline
sandbox = Sandbox: nothing here reaches Dropbox. Everything is made up.
request = Request { $number }
back = Back to { $app }
back-unnamed = Back to the app
again = Try again
finish = Finish the link
choose = Choose another account
support = Help from { $app }
privacy = Privacy policy of { $app }

## Before the provider: who asks for what

consent = { $app } wants access to your { $provider } account
consent-for = For your account { $user } at { $tenant }
consent-lead = If you allow it, { $app } will be able to do the following.
see = See
change = Change
new = New
everything = Do everything in your account that its registration with { $provider } allows, until you or the app end the link
codes = Technical names of these permissions
caution = Only continue if you came here from { $app } yourself.
caution-help = If somebody sent you this link, close this page: they would get access to your files.
continue = Continue to { $provider }
cancel = Cancel
next = You sign in at { $provider } and then return to { $site }.
undo = How to undo this
undo-help = You can end this access at any time, in { $app } or in the settings of your { $provider } account under connected apps.
bowline = Who is Bowline?
bowline-help = Bowline makes this connection for { $tenant } and keeps its keys encrypted. It never sees your { $provider } password.

## Linking an account again

relink = Link your { $provider } account to { $app } again
relink-account = Choose the account { $email }, which was linked before.
relink-revoked = { $provider } no longer accepts the access that you gave. This happens when the app is disconnected in your { $provider } settings or your password changes.
relink-asked = { $app } asks you to confirm the access that you gave.
relink-disconnected = The account was disconnected, so { $app } has no access to it at the moment.
upgrade = { $app } asks for more access to your { $provider } account

## Moving on

onward = On to { $destination }
onward-help = You are taken there by itself. If nothing happens, use the button.
onward-button = Go on to { $destination }

## Ends: a heading that says what is true, and what helps

too-old = This link is too old
    .help = For your safety a link works for a few minutes only. Go back to the app that you came from and start again there.
too-late = This took too long
    .help = For your safety a link must be finished within a few minutes. Your { $provider } account was not linked this time. Go back and start again.
used = This link has been used
    .help = Each link works once. If your { $provider } account is not linked yet, go back to the app that you came from and start again there.
opened-elsewhere = This link is open in another browser
    .help = It was begun there, and only that browser can finish it. Continue there, or go back to the app that you came from and start again in this browser.
not-this-browser = This does not belong to your browser
    .help = The answer does not fit any link that this browser remembers, so nothing was linked with it. If your account is not linked yet, start again in the app that you came from, and stay in the same browser.
without-cookie = Your browser did not keep our cookie
    .help = Without it we cannot tell that it is you who comes back from { $provider }. Allow cookies for this site, then go back to the app and start again there.
out-of-date = This page is out of date
    .help = It was opened again in this browser meanwhile, so its button did nothing. Load the page again and press its button again.
foreign = This was sent by another site
    .help = For your safety it was ignored and changed nothing. Go back to the app that you came from and start again there.
approved = You have given your approval
    .help = Only one step is left: the app that you came from has to finish the link.
in-progress = Your { $provider } account is being linked
    .help = This takes a moment. Look again in a few seconds.
linked = Your { $provider } account is linked
    .help = There is nothing left to do here. Go back to the app that you came from.
declined = You declined
    .help = Your { $provider } account was not linked. If you change your mind, go back to the app and start again there.
cancelled = The app has cancelled this link
    .help = Nothing was changed. Go back to the app that you came from and start again there if you still want to link your { $provider } account.
failed = This link did not work
    .help = It ended before your { $provider } account could be linked. Go back to the app that you came from and start again there.
wrong-account = That was another { $provider } account
    .help = Nothing was changed. To link again, choose the account that was linked before.
wrong-account-known = That was another { $provider } account
    .help = Nothing was changed. To link again, choose the account { $email }.
wrong-kind-work = This app needs a work account
    .help = You approved with a personal { $provider } account, so nothing was linked. Choose the account of your team or company.
wrong-kind-personal = This app needs a personal account
    .help = You approved with a { $provider } account of a team, so nothing was linked. Choose your personal account.
team = That was a whole team
    .help = This app links one person’s account, not a whole { $provider } team, so nothing was linked. Tell its makers the request number below.
not-permitted = { $provider } does not allow this
    .help = Your { $provider } account may not be used with this app. Try another account, or ask the administrator of this one.
lost = We did not get an answer in time
    .help = { $provider } may list the app as connected although nothing is linked. Go back to the app and start again there.
provider-trouble = { $provider } had a problem
    .help = Your account was not linked, and nothing is wrong with it. Go back to the app and try again in a few minutes.
misconfigured = This app is not set up correctly
    .help = { $provider } refuses its request, and you have done nothing wrong. Tell its makers the request number below: the app’s registration at { $provider } must be corrected.
disabled = Linking is switched off for now
    .help = This app takes no new links at the moment, and nothing was changed. Try again later, or ask its makers.
provider-unreachable = { $provider } cannot be reached
    .help = Nothing was changed, and your link still works. Try again in a moment.
too-many = Too many requests
    .help = Your network has sent us more than we answer at once. Wait a minute and try again.
not-found = This link does not work
    .help = It may be cut short or mistyped, or a newer link has taken its place. Go back to the app that you came from and start again there.
unavailable = Please try again in a moment
    .help = Something that we need cannot be reached just now. Load this page again in a moment.
internal = Something went wrong here
    .help = The fault is ours. Look in the app whether your account is linked; if not, start again there. If it happens again, tell its makers the request number below.

## The page with the user's linked accounts

accounts = Your linked accounts
accounts-for = { $app }, for your account { $user } at { $tenant }
accounts-lead = Here you see which accounts you have linked to { $app }, when they were used, and what the app may do with them. You can disconnect each of them.
accounts-open = Show my accounts
accounts-caution = Only continue if you came here from { $app } yourself.
accounts-caution-help = If somebody sent you this link, close this page. It works once, in one browser.
accounts-more = Older accounts are linked as well and do not fit on this page. They appear once you disconnect others.
accounts-ended-more = Accounts that were disconnected earlier are not shown.
accounts-none = No account is linked
accounts-none-help = { $app } has no access to any account of yours. If you want to link one, go back to the app.
accounts-ended = Disconnected accounts
linked-at = Linked since { $since }
linked-to = { $provider }, linked to { $app }
state-linked = Linked
state-needs-reauth = Link it again
state-needs-reauth-help = { $provider } no longer accepts the access that you gave, so { $app } cannot use this account.
state-suspended = Paused
state-suspended-help = The operators of this service have paused this account. { $app } cannot use it meanwhile, and you can still disconnect it.
state-revoking = Being disconnected
state-revoking-help = { $app } can no longer use this account. We are telling { $provider } to end the access, which takes a moment.
state-revoked = Disconnected
state-revoked-help = { $app } can no longer use this account, and { $provider } has ended the access.
state-revoked-here-help = { $app } can no longer use this account. { $provider } has not confirmed it: look in the settings of your { $provider } account under connected apps, and remove the app there if it is still listed.
used-never = Not used yet
used-day = Used within the last 24 hours ({ $date })
used-week = Used within the last week ({ $date })
used-month = Used within the last month ({ $date })
used-earlier = Not used for more than a month (last on { $date })
got-all = The app got a key for all the permissions that it had then
got-some = The app got a key for these permissions alone:
got-signature = The app got a request signed by us, and no key
may = What { $app } may do
might = What { $app } was allowed to do
disconnect = Disconnect
link-again = Link again
link-again-in-app = To link it again, go back to { $app } and start there.
disconnect-question = Disconnect { $account }?
disconnect-what = { $app } can then no longer use this { $provider } account. Nothing in your account is deleted, and what { $app } has copied before stays there.
disconnect-undo = You can link the account again at any time.
disconnect-yes = Yes, disconnect
disconnect-no = No, keep it linked
date = { $day } { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
page-expired = This page has expired
    .help = For your safety it works for a few minutes only. Go back to the app that you came from and open your linked accounts again there.
page-elsewhere = Your accounts are open in another browser
    .help = For your safety this link works in the browser that opened it first. Go back to the app that you came from and open your linked accounts again there.
page-without-cookie = Your browser did not keep the cookie of this page
    .help = Without it we cannot tell that it is you who sees your accounts. Allow cookies for this site, then go back to the app and open your linked accounts again there.

## Permissions: after "See", what the app can see

scope-account_info-read = Your name, e-mail address and country
scope-files-metadata-read = The names and places of your files and folders
scope-files-content-read = The content of your files
scope-sharing-read = What you share and with whom
scope-file_requests-read = Your file requests
scope-contacts-read = Your contacts
scope-openid = Which { $provider } account is yours
scope-email = Your e-mail address
scope-profile = Your name
scope-team_info-read = Your team’s name, size and settings
scope-team_data-content-read = The content of your team’s files
scope-team_data-governance-read = Your team’s legal holds
scope-files-team_metadata-read = The names and places of your team’s files and folders
scope-members-read = Who is in your team
scope-groups-read = Your team’s groups and who is in them
scope-sessions-list = The devices and apps that members of your team use
scope-events-read = What has been done in your team

## Permissions: after "Change", what the app can do

scope-account_info-write = Change your account’s settings, such as your profile photo
scope-files-metadata-write = Change information about your files and folders
scope-files-content-write = Change, add and delete files
scope-files-permanent_delete = Delete files forever, so that nobody can restore them
scope-sharing-write = Share your files and folders with others
scope-file_requests-write = Make and change file requests
scope-contacts-write = Change your contacts
scope-team_data-member = Act for the members of your team, with the other permissions on this page
scope-team_data-team_space = Work with your team’s shared space
scope-team_data-content-write = Change, add and delete your team’s files
scope-team_data-governance-write = Make, change and release your team’s legal holds
scope-files-team_metadata-write = Change information about your team’s files and folders
scope-members-write = Invite, change and suspend members of your team
scope-members-delete = Remove members from your team, with their accounts
scope-groups-write = Make, change and delete your team’s groups
scope-sessions-modify = Sign out devices and apps of your team’s members

# A permission that Bowline does not know. Its technical name follows.
scope-other = Use this permission of { $provider }:
