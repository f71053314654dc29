# 日本語。説明は ../en/link.ftl にあります。

## Every page

footer = Bowline による連携
sandbox = サンドボックス：ここでの操作は Dropbox には届きません。すべて架空のものです。
request = リクエスト { $number }
back = { $app } に戻る
back-unnamed = アプリに戻る
again = もう一度試す
finish = 連携を完了する
choose = 別のアカウントを選ぶ
support = { $app } のヘルプ
privacy = { $app } のプライバシーポリシー

## Before the provider: who asks for what

consent = { $app } が { $provider } アカウントへのアクセスを求めています
consent-for = { $tenant } でのアカウント: { $user }
consent-lead = 許可すると、{ $app } は次のことができるようになります。
see = 閲覧
change = 変更
new = 新規
everything = { $provider } に登録されたアプリの権限で、アカウント内のすべての操作を行う（あなたまたはアプリが連携を解除するまで）
codes = これらの権限の技術的な名称
caution = ご自身で { $app } からこのページに来た場合にのみ続けてください。
caution-help = 誰かから送られたリンクで開いた場合は、このページを閉じてください。続けると、その人があなたのファイルにアクセスできるようになります。
continue = { $provider } に進む
cancel = キャンセル
next = { $provider } にログインした後、{ $site } に戻ります。
undo = アクセスを取り消すには
undo-help = このアクセスは、{ $app } または { $provider } アカウント設定の接続済みアプリで、いつでも取り消せます。
bowline = Bowline とは
bowline-help = Bowline は { $tenant } のためにこの接続を行い、その鍵を暗号化して保管します。{ $provider } のパスワードが Bowline に知られることはありません。

## Linking an account again

relink = { $provider } アカウントを { $app } にもう一度連携してください
relink-account = 以前に連携したアカウント { $email } を選んでください。
relink-revoked = 以前に許可したアクセスが { $provider } で無効になりました。{ $provider } の設定でアプリの接続を解除したときや、パスワードを変更したときに起こります。
relink-asked = { $app } が、許可済みのアクセスの確認を求めています。
relink-disconnected = アカウントの連携が解除されているため、{ $app } は現在アクセスできません。
upgrade = { $app } が { $provider } アカウントへの追加のアクセスを求めています

## Moving on

onward = { $destination } に移動します
onward-help = 自動的に移動します。何も起こらない場合は、ボタンを押してください。
onward-button = { $destination } に進む

## Ends: a heading that says what is true, and what helps

too-old = このリンクは期限が切れています
    .help = 安全のため、リンクが使えるのは数分間だけです。元のアプリに戻って、もう一度始めてください。
too-late = 時間がかかりすぎました
    .help = 安全のため、連携は数分以内に完了する必要があります。今回、{ $provider } アカウントは連携されませんでした。戻ってもう一度始めてください。
used = このリンクは使用済みです
    .help = リンクは一度しか使えません。{ $provider } アカウントがまだ連携されていない場合は、元のアプリに戻って、もう一度始めてください。
opened-elsewhere = このリンクは別のブラウザで開かれています
    .help = 手続きは別のブラウザで始められたため、そのブラウザでしか完了できません。そちらで続けるか、元のアプリに戻ってこのブラウザで始め直してください。
not-this-browser = このブラウザの手続きではありません
    .help = 受け取った応答は、このブラウザで始めたどの連携とも一致しないため、これによる連携は行われていません。アカウントがまだ連携されていない場合は、アプリで始め直し、同じブラウザのまま進めてください。
without-cookie = ブラウザに Cookie が保存されませんでした
    .help = Cookie がないと、{ $provider } から戻ってきたのがあなただと確認できません。このサイトの Cookie を許可してから、アプリに戻ってもう一度始めてください。
out-of-date = このページは古くなっています
    .help = その後このブラウザで同じページが開かれたため、ボタンは何も行いませんでした。ページを読み込み直して、もう一度ボタンを押してください。
foreign = 別のサイトから送信されました
    .help = 安全のため無視され、何も変更されていません。元のアプリに戻って、もう一度始めてください。
approved = 許可が完了しました
    .help = 残る手順は一つだけです。元のアプリが連携を完了する必要があります。
in-progress = { $provider } アカウントを連携しています
    .help = 少し時間がかかります。数秒後にもう一度確認してください。
linked = { $provider } アカウントは連携されています
    .help = ここで行うことはもうありません。元のアプリに戻ってください。
declined = アクセスを拒否しました
    .help = { $provider } アカウントは連携されませんでした。気が変わった場合は、アプリに戻ってもう一度始めてください。
cancelled = アプリがこの連携を取り消しました
    .help = 何も変更されていません。引き続き { $provider } アカウントを連携する場合は、アプリに戻ってもう一度始めてください。
failed = 連携できませんでした
    .help = { $provider } アカウントが連携される前に手続きが終了しました。元のアプリに戻って、もう一度始めてください。
wrong-account = 別の { $provider } アカウントでした
    .help = 何も変更されていません。もう一度連携するには、以前に連携したアカウントを選んでください。
wrong-account-known = 別の { $provider } アカウントでした
    .help = 何も変更されていません。もう一度連携するには、アカウント { $email } を選んでください。
wrong-kind-work = このアプリには仕事用のアカウントが必要です
    .help = 個人用の { $provider } アカウントで許可されたため、連携されていません。チームまたは会社のアカウントを選んでください。
wrong-kind-personal = このアプリには個人用のアカウントが必要です
    .help = チームの { $provider } アカウントで許可されたため、連携されていません。個人用のアカウントを選んでください。
team = チーム全体が選ばれました
    .help = このアプリが連携するのは個人のアカウントで、{ $provider } のチーム全体ではないため、何も連携されませんでした。アプリの開発元に、下のリクエスト番号をお知らせください。
not-permitted = { $provider } が許可していません
    .help = この { $provider } アカウントは、このアプリでは使用できません。別のアカウントを試すか、このアカウントの管理者にお問い合わせください。
lost = 応答を時間内に受け取れませんでした
    .help = 何も連携されていなくても、{ $provider } ではアプリが接続済みと表示されることがあります。アプリに戻って、もう一度始めてください。
provider-trouble = { $provider } で問題が発生しました
    .help = アカウントは連携されませんでしたが、アカウント自体に問題はありません。アプリに戻り、数分後にもう一度お試しください。
misconfigured = このアプリは正しく設定されていません
    .help = { $provider } がアプリの要求を拒否しており、あなたの操作に問題はありません。アプリの開発元に、下のリクエスト番号と、{ $provider } でのアプリの登録に修正が必要なことをお知らせください。
disabled = 連携は現在停止されています
    .help = このアプリは現在、新しい連携を受け付けていません。何も変更されていません。後でもう一度試すか、アプリの開発元にお問い合わせください。
provider-unreachable = { $provider } に接続できません
    .help = 何も変更されておらず、リンクはまだ使えます。しばらくしてからもう一度お試しください。
too-many = リクエストが多すぎます
    .help = お使いのネットワークから、一度に処理できる数を超えるリクエストが届いています。1 分ほど待ってから、もう一度お試しください。
not-found = このリンクは使えません
    .help = リンクが途中で切れているか、入力が間違っているか、新しいリンクに置き換えられた可能性があります。元のアプリに戻って、もう一度始めてください。
unavailable = しばらくしてからもう一度お試しください
    .help = 必要なサービスに現在接続できません。しばらくしてからこのページを読み込み直してください。
internal = こちらで問題が発生しました
    .help = 原因は当方にあります。アカウントが連携されているかアプリで確認し、連携されていなければ、もう一度始めてください。再び起こる場合は、アプリの開発元に下のリクエスト番号をお知らせください。

## The page with the user's linked accounts

accounts = 連携済みのアカウント
accounts-for = { $app }（{ $tenant } のアカウント { $user }）
accounts-lead = { $app } に連携したアカウント、最後に使われた時期、アプリに許可していることを確認できます。それぞれの連携を解除できます。
accounts-open = アカウントを表示
accounts-caution = ご自身で { $app } からここへ来た場合にのみ続けてください。
accounts-caution-help = 誰かからこのリンクを受け取った場合は、このページを閉じてください。リンクは一度だけ、一つのブラウザーで使えます。
accounts-more = これより古いアカウントも連携中ですが、このページには表示しきれません。ほかの連携を解除すると表示されます。
accounts-ended-more = 以前に連携を解除したアカウントは表示されません。
accounts-none = 連携済みのアカウントはありません
accounts-none-help = { $app } はあなたのどのアカウントにもアクセスできません。連携したい場合は、アプリに戻ってください。
accounts-ended = 連携を解除したアカウント
linked-at = { $since } から連携中
linked-to = { $provider }（{ $app } に連携）
state-linked = 連携中
state-needs-reauth = もう一度連携してください
state-needs-reauth-help = { $provider } が、あなたの許可したアクセスを受け付けなくなりました。そのため { $app } はこのアカウントを使えません。
state-suspended = 一時停止中
state-suspended-help = このサービスの運営者がこのアカウントを一時停止しました。その間 { $app } は使えません。連携の解除はいつでもできます。
state-revoking = 連携を解除しています
state-revoking-help = { $app } はもうこのアカウントを使えません。{ $provider } にアクセスの終了を伝えています。少し時間がかかります。
state-revoked = 連携を解除しました
state-revoked-help = { $app } はもうこのアカウントを使えません。{ $provider } でもアクセスは終了しました。
state-revoked-here-help = { $app } はもうこのアカウントを使えません。{ $provider } での終了はまだ確認できていません。{ $provider } アカウントの設定で接続済みアプリを確認し、まだ残っていれば削除してください。
used-never = まだ使われていません
used-day = 過去24時間以内に使われました（{ $date }）
used-week = 過去1週間以内に使われました（{ $date }）
used-month = 過去1か月以内に使われました（{ $date }）
used-earlier = 1か月以上使われていません（最後は { $date }）
got-all = アプリはその時点で許可されていたすべての権限のキーを受け取りました
got-some = アプリは次の権限だけのキーを受け取りました：
got-signature = アプリのためにリクエストに署名しました。アプリはキーを受け取っていません
may = { $app } に許可していること
might = { $app } に許可していたこと
disconnect = 連携を解除
link-again = もう一度連携
link-again-in-app = もう一度連携するには、{ $app } に戻って始めてください。
disconnect-question = { $account } の連携を解除しますか？
disconnect-what = { $app } はこの { $provider } アカウントを使えなくなります。アカウントの中身は削除されません。{ $app } がすでにコピーしたものは、そのまま残ります。
disconnect-undo = アカウントはいつでももう一度連携できます。
disconnect-yes = はい、解除します
disconnect-no = いいえ、連携を続けます
date = { $year }年{ $month }{ $day }日
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月
page-expired = このページの有効期限が切れました
    .help = 安全のため、このページは数分間だけ使えます。元のアプリに戻り、連携済みのアカウントをもう一度開いてください。
page-elsewhere = アカウントは別のブラウザーで開かれています
    .help = 安全のため、このリンクは最初に開いたブラウザーでのみ使えます。元のアプリに戻り、連携済みのアカウントをもう一度開いてください。
page-without-cookie = ブラウザーがこのページのCookieを保存しませんでした
    .help = Cookieがないと、アカウントを見ているのがあなた本人か確認できません。このサイトのCookieを許可してからアプリに戻り、連携済みのアカウントをもう一度開いてください。

## Permissions: after "See", what the app can see

scope-account_info-read = 名前、メールアドレス、国
scope-files-metadata-read = ファイルとフォルダの名前と場所
scope-files-content-read = ファイルの内容
scope-sharing-read = 共有している内容と共有相手
scope-file_requests-read = ファイルリクエスト
scope-contacts-read = 連絡先
scope-openid = どの { $provider } アカウントがあなたのものか
scope-email = メールアドレス
scope-profile = 名前
scope-team_info-read = チームの名前、人数、設定
scope-team_data-content-read = チームのファイルの内容
scope-team_data-governance-read = チームのリーガルホールド
scope-files-team_metadata-read = チームのファイルとフォルダの名前と場所
scope-members-read = チームのメンバー
scope-groups-read = チームのグループとそのメンバー
scope-sessions-list = チームのメンバーが使っている端末とアプリ
scope-events-read = チームで行われた操作

## Permissions: after "Change", what the app can do

scope-account_info-write = プロフィール写真など、アカウントの設定を変更する
scope-files-metadata-write = ファイルとフォルダの情報を変更する
scope-files-content-write = ファイルを変更、追加、削除する
scope-files-permanent_delete = ファイルを完全に削除する（誰にも復元できません）
scope-sharing-write = ファイルとフォルダを他の人と共有する
scope-file_requests-write = ファイルリクエストを作成、変更する
scope-contacts-write = 連絡先を変更する
scope-team_data-member = このページの他の権限で、チームのメンバーに代わって操作する
scope-team_data-team_space = チームの共有スペースを利用する
scope-team_data-content-write = チームのファイルを変更、追加、削除する
scope-team_data-governance-write = チームのリーガルホールドを作成、変更、解除する
scope-files-team_metadata-write = チームのファイルとフォルダの情報を変更する
scope-members-write = チームのメンバーを招待、変更、停止する
scope-members-delete = チームのメンバーをアカウントごと削除する
scope-groups-write = チームのグループを作成、変更、削除する
scope-sessions-modify = チームのメンバーの端末とアプリをログアウトさせる

scope-other = { $provider } の次の権限を使う:
