# Deutsch. Die Erklärungen stehen in ../en/link.ftl.

## Every page

footer = Verknüpft mit Bowline
sandbox = Sandbox: Nichts hiervon erreicht Dropbox. Alles ist erfunden.
request = Anfrage { $number }
back = Zurück zu { $app }
back-unnamed = Zurück zur App
again = Erneut versuchen
finish = Verknüpfung abschließen
choose = Anderes Konto wählen
support = Hilfe von { $app }
privacy = Datenschutzerklärung von { $app }

## Before the provider: who asks for what

consent = { $app } möchte auf Ihr { $provider }-Konto zugreifen
consent-for = Für Ihr Konto { $user } bei { $tenant }
consent-lead = Wenn Sie zustimmen, kann { $app } Folgendes tun.
see = Sehen
change = Ändern
new = Neu
everything = Alles in Ihrem Konto tun, was die Registrierung der App bei { $provider } erlaubt, bis Sie oder die App die Verknüpfung beenden
codes = Technische Namen dieser Berechtigungen
caution = Fahren Sie nur fort, wenn Sie selbst von { $app } hierhergekommen sind.
caution-help = Wenn Ihnen jemand diesen Link geschickt hat, schließen Sie diese Seite: Sonst erhält diese Person Zugriff auf Ihre Dateien.
continue = Weiter zu { $provider }
cancel = Abbrechen
next = Sie melden sich bei { $provider } an und kehren dann zu { $site } zurück.
undo = So machen Sie es rückgängig
undo-help = Sie können diesen Zugriff jederzeit beenden: in { $app } oder in den Einstellungen Ihres { $provider }-Kontos unter den verbundenen Apps.
bowline = Wer ist Bowline?
bowline-help = Bowline stellt diese Verbindung für { $tenant } her und bewahrt ihre Schlüssel verschlüsselt auf. Ihr { $provider }-Passwort bekommt Bowline nie zu sehen.

## Linking an account again

relink = Verknüpfen Sie Ihr { $provider }-Konto erneut mit { $app }
relink-account = Wählen Sie das Konto { $email }, das bereits verknüpft war.
relink-revoked = { $provider } akzeptiert den früher erteilten Zugriff nicht mehr. Das geschieht, wenn die App in Ihren { $provider }-Einstellungen getrennt oder Ihr Passwort geändert wird.
relink-asked = { $app } bittet Sie, den erteilten Zugriff zu bestätigen.
relink-disconnected = Das Konto wurde getrennt, deshalb hat { $app } zurzeit keinen Zugriff darauf.
upgrade = { $app } bittet um weiteren Zugriff auf Ihr { $provider }-Konto

## Moving on

onward = Weiter zu { $destination }
onward-help = Sie werden automatisch weitergeleitet. Falls nichts geschieht, verwenden Sie die Schaltfläche.
onward-button = Weiter zu { $destination }

## Ends: a heading that says what is true, and what helps

too-old = Dieser Link ist zu alt
    .help = Zu Ihrer Sicherheit gilt ein Link nur wenige Minuten. Gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie dort neu.
too-late = Das hat zu lange gedauert
    .help = Zu Ihrer Sicherheit muss eine Verknüpfung innerhalb weniger Minuten abgeschlossen sein. Ihr { $provider }-Konto wurde diesmal nicht verknüpft. Gehen Sie zurück und beginnen Sie neu.
used = Dieser Link wurde bereits verwendet
    .help = Jeder Link funktioniert nur einmal. Falls Ihr { $provider }-Konto noch nicht verknüpft ist, gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie dort neu.
opened-elsewhere = Dieser Link ist in einem anderen Browser geöffnet
    .help = Er wurde dort begonnen, und nur jener Browser kann ihn abschließen. Machen Sie dort weiter, oder gehen Sie zurück zu der App und beginnen Sie in diesem Browser neu.
not-this-browser = Das gehört nicht zu Ihrem Browser
    .help = Die Antwort passt zu keiner Verknüpfung, an die sich dieser Browser erinnert; mit ihr wurde daher nichts verknüpft. Falls Ihr Konto noch nicht verknüpft ist, beginnen Sie in der App neu und bleiben Sie im selben Browser.
without-cookie = Ihr Browser hat unser Cookie nicht behalten
    .help = Ohne das Cookie können wir nicht erkennen, dass Sie es sind, der von { $provider } zurückkommt. Erlauben Sie Cookies für diese Website, gehen Sie zurück zur App und beginnen Sie dort neu.
out-of-date = Diese Seite ist veraltet
    .help = Sie wurde inzwischen in diesem Browser erneut geöffnet, daher hatte ihre Schaltfläche keine Wirkung. Laden Sie die Seite neu und drücken Sie die Schaltfläche noch einmal.
foreign = Das kam von einer anderen Website
    .help = Zu Ihrer Sicherheit wurde es ignoriert und hat nichts geändert. Gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie dort neu.
approved = Sie haben zugestimmt
    .help = Es fehlt nur noch ein Schritt: Die App, von der Sie kommen, muss die Verknüpfung abschließen.
in-progress = Ihr { $provider }-Konto wird gerade verknüpft
    .help = Das dauert einen Moment. Schauen Sie in einigen Sekunden noch einmal nach.
linked = Ihr { $provider }-Konto ist verknüpft
    .help = Hier gibt es nichts mehr zu tun. Gehen Sie zurück zu der App, von der Sie kommen.
declined = Sie haben abgelehnt
    .help = Ihr { $provider }-Konto wurde nicht verknüpft. Wenn Sie es sich anders überlegen, gehen Sie zurück zur App und beginnen Sie dort neu.
cancelled = Die App hat diese Verknüpfung abgebrochen
    .help = Es wurde nichts geändert. Wenn Sie Ihr { $provider }-Konto noch verknüpfen möchten, gehen Sie zurück zur App und beginnen Sie dort neu.
failed = Die Verknüpfung ist nicht gelungen
    .help = Sie endete, bevor Ihr { $provider }-Konto verknüpft werden konnte. Gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie dort neu.
wrong-account = Das war ein anderes { $provider }-Konto
    .help = Es wurde nichts geändert. Wählen Sie zum erneuten Verknüpfen das Konto, das bereits verknüpft war.
wrong-account-known = Das war ein anderes { $provider }-Konto
    .help = Es wurde nichts geändert. Wählen Sie zum erneuten Verknüpfen das Konto { $email }.
wrong-kind-work = Diese App braucht ein Arbeitskonto
    .help = Sie haben mit einem persönlichen { $provider }-Konto zugestimmt; es wurde daher nichts verknüpft. Wählen Sie das Konto Ihres Teams oder Unternehmens.
wrong-kind-personal = Diese App braucht ein persönliches Konto
    .help = Sie haben mit dem { $provider }-Konto eines Teams zugestimmt; es wurde daher nichts verknüpft. Wählen Sie Ihr persönliches Konto.
team = Das war ein ganzes Team
    .help = Diese App verknüpft das Konto einer Person und kein ganzes { $provider }-Team, daher wurde nichts verknüpft. Nennen Sie den Entwicklern der App die Anfragenummer unten.
not-permitted = { $provider } erlaubt das nicht
    .help = Ihr { $provider }-Konto darf mit dieser App nicht verwendet werden. Versuchen Sie es mit einem anderen Konto, oder fragen Sie dessen Administrator.
lost = Wir haben nicht rechtzeitig eine Antwort erhalten
    .help = Vielleicht führt { $provider } die App als verbunden auf, obwohl nichts verknüpft ist. Gehen Sie zurück zur App und beginnen Sie dort neu.
provider-trouble = Bei { $provider } gab es ein Problem
    .help = Ihr Konto wurde nicht verknüpft, und mit ihm ist alles in Ordnung. Gehen Sie zurück zur App und versuchen Sie es in einigen Minuten erneut.
misconfigured = Diese App ist nicht richtig eingerichtet
    .help = { $provider } lehnt ihre Anfrage ab; Sie haben nichts falsch gemacht. Nennen Sie den Entwicklern der App die Anfragenummer unten: Die Registrierung der App bei { $provider } muss korrigiert werden.
disabled = Das Verknüpfen ist derzeit ausgeschaltet
    .help = Diese App nimmt im Moment keine neuen Verknüpfungen an; es wurde nichts geändert. Versuchen Sie es später erneut, oder fragen Sie die Entwickler der App.
provider-unreachable = { $provider } ist nicht erreichbar
    .help = Es wurde nichts geändert, und Ihr Link gilt weiterhin. Versuchen Sie es gleich noch einmal.
too-many = Zu viele Anfragen
    .help = Aus Ihrem Netzwerk kommen mehr Anfragen, als wir auf einmal beantworten. Warten Sie eine Minute und versuchen Sie es dann erneut.
not-found = Dieser Link funktioniert nicht
    .help = Vielleicht ist er unvollständig oder falsch abgeschrieben, oder ein neuerer Link hat ihn ersetzt. Gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie dort neu.
unavailable = Bitte versuchen Sie es gleich noch einmal
    .help = Etwas, das wir brauchen, ist gerade nicht erreichbar. Laden Sie diese Seite in einem Moment neu.
internal = Bei uns ist etwas schiefgegangen
    .help = Der Fehler liegt bei uns. Sehen Sie in der App nach, ob Ihr Konto verknüpft ist; wenn nicht, beginnen Sie dort neu. Falls es wieder geschieht, nennen Sie den Entwicklern der App die Anfragenummer unten.

## The page with the user's linked accounts

accounts = Ihre verknüpften Konten
accounts-for = { $app }, für Ihr Konto { $user } bei { $tenant }
accounts-lead = Hier sehen Sie, welche Konten Sie mit { $app } verknüpft haben, wann sie verwendet wurden und was die App damit darf. Sie können jedes davon trennen.
accounts-open = Meine Konten anzeigen
accounts-caution = Machen Sie nur weiter, wenn Sie selbst von { $app } hierher gekommen sind.
accounts-caution-help = Wenn Ihnen jemand diesen Link geschickt hat, schließen Sie die Seite. Er funktioniert einmal, in einem Browser.
accounts-more = Es sind noch ältere Konten verknüpft, die nicht auf diese Seite passen. Sie erscheinen, sobald Sie andere trennen.
accounts-ended-more = Früher getrennte Konten werden nicht angezeigt.
accounts-none = Es ist kein Konto verknüpft
accounts-none-help = { $app } hat auf keines Ihrer Konten Zugriff. Wenn Sie eines verknüpfen möchten, gehen Sie zurück zur App.
accounts-ended = Getrennte Konten
linked-at = Verknüpft seit { $since }
linked-to = { $provider }, verknüpft mit { $app }
state-linked = Verknüpft
state-needs-reauth = Bitte neu verknüpfen
state-needs-reauth-help = { $provider } akzeptiert den Zugriff nicht mehr, den Sie gewährt haben. Deshalb kann { $app } dieses Konto nicht verwenden.
state-suspended = Angehalten
state-suspended-help = Die Betreiber dieses Dienstes haben dieses Konto angehalten. { $app } kann es so lange nicht verwenden. Sie können es trotzdem trennen.
state-revoking = Wird getrennt
state-revoking-help = { $app } kann dieses Konto nicht mehr verwenden. Wir teilen { $provider } mit, dass der Zugriff endet; das dauert einen Moment.
state-revoked = Getrennt
state-revoked-help = { $app } kann dieses Konto nicht mehr verwenden, und { $provider } hat den Zugriff beendet.
state-revoked-here-help = { $app } kann dieses Konto nicht mehr verwenden. { $provider } hat das nicht bestätigt: Sehen Sie in den Einstellungen Ihres { $provider }-Kontos unter den verbundenen Apps nach und entfernen Sie die App dort, falls sie noch aufgeführt ist.
used-never = Noch nicht verwendet
used-day = In den letzten 24 Stunden verwendet ({ $date })
used-week = In der letzten Woche verwendet ({ $date })
used-month = Im letzten Monat verwendet ({ $date })
used-earlier = Seit mehr als einem Monat nicht verwendet (zuletzt am { $date })
got-all = Die App erhielt einen Schlüssel für alle Berechtigungen, die sie damals hatte
got-some = Die App erhielt einen Schlüssel nur für diese Berechtigungen:
got-signature = Wir haben eine Anfrage für die App signiert; einen Schlüssel erhielt sie nicht
may = Was { $app } darf
might = Was { $app } durfte
disconnect = Trennen
link-again = Neu verknüpfen
link-again-in-app = Um es neu zu verknüpfen, gehen Sie zurück zu { $app } und beginnen Sie dort.
disconnect-question = { $account } trennen?
disconnect-what = { $app } kann dieses { $provider }-Konto dann nicht mehr verwenden. In Ihrem Konto wird nichts gelöscht, und was { $app } vorher kopiert hat, bleibt dort.
disconnect-undo = Sie können das Konto jederzeit neu verknüpfen.
disconnect-yes = Ja, trennen
disconnect-no = Nein, verknüpft lassen
date = { $day }. { $month } { $year }
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
page-expired = Diese Seite ist abgelaufen
    .help = Zu Ihrer Sicherheit funktioniert sie nur wenige Minuten. Gehen Sie zurück zur App, von der Sie gekommen sind, und öffnen Sie Ihre verknüpften Konten dort erneut.
page-elsewhere = Ihre Konten sind in einem anderen Browser geöffnet
    .help = Zu Ihrer Sicherheit funktioniert dieser Link in dem Browser, der ihn zuerst geöffnet hat. Gehen Sie zurück zur App, von der Sie gekommen sind, und öffnen Sie Ihre verknüpften Konten dort erneut.
page-without-cookie = Ihr Browser hat das Cookie dieser Seite nicht behalten
    .help = Ohne das Cookie können wir nicht erkennen, dass Sie es sind, der Ihre Konten sieht. Erlauben Sie Cookies für diese Website, gehen Sie dann zurück zur App und öffnen Sie Ihre verknüpften Konten dort erneut.

## Permissions: after "See", what the app can see

scope-account_info-read = Ihren Namen, Ihre E-Mail-Adresse und Ihr Land
scope-files-metadata-read = Die Namen und Speicherorte Ihrer Dateien und Ordner
scope-files-content-read = Den Inhalt Ihrer Dateien
scope-sharing-read = Was Sie mit wem teilen
scope-file_requests-read = Ihre Dateianfragen
scope-contacts-read = Ihre Kontakte
scope-openid = Welches { $provider }-Konto Ihres ist
scope-email = Ihre E-Mail-Adresse
scope-profile = Ihren Namen
scope-team_info-read = Namen, Größe und Einstellungen Ihres Teams
scope-team_data-content-read = Den Inhalt der Dateien Ihres Teams
scope-team_data-governance-read = Die rechtlichen Aufbewahrungspflichten (Legal Holds) Ihres Teams
scope-files-team_metadata-read = Die Namen und Speicherorte der Dateien und Ordner Ihres Teams
scope-members-read = Wer zu Ihrem Team gehört
scope-groups-read = Die Gruppen Ihres Teams und deren Mitglieder
scope-sessions-list = Die Geräte und Apps, die Mitglieder Ihres Teams verwenden
scope-events-read = Was in Ihrem Team geschehen ist

## Permissions: after "Change", what the app can do

scope-account_info-write = Einstellungen Ihres Kontos ändern, zum Beispiel Ihr Profilfoto
scope-files-metadata-write = Angaben zu Ihren Dateien und Ordnern ändern
scope-files-content-write = Dateien ändern, hinzufügen und löschen
scope-files-permanent_delete = Dateien endgültig löschen, sodass niemand sie wiederherstellen kann
scope-sharing-write = Ihre Dateien und Ordner mit anderen teilen
scope-file_requests-write = Dateianfragen erstellen und ändern
scope-contacts-write = Ihre Kontakte ändern
scope-team_data-member = Für die Mitglieder Ihres Teams handeln, mit den übrigen Berechtigungen auf dieser Seite
scope-team_data-team_space = Den gemeinsamen Bereich Ihres Teams verwenden
scope-team_data-content-write = Dateien Ihres Teams ändern, hinzufügen und löschen
scope-team_data-governance-write = Rechtliche Aufbewahrungspflichten (Legal Holds) Ihres Teams anlegen, ändern und aufheben
scope-files-team_metadata-write = Angaben zu den Dateien und Ordnern Ihres Teams ändern
scope-members-write = Mitglieder Ihres Teams einladen, ändern und sperren
scope-members-delete = Mitglieder samt ihren Konten aus Ihrem Team entfernen
scope-groups-write = Gruppen Ihres Teams anlegen, ändern und löschen
scope-sessions-modify = Geräte und Apps von Mitgliedern Ihres Teams abmelden

scope-other = Diese Berechtigung von { $provider } verwenden:
