# Português. As explicações estão em ../en/link.ftl.

## Every page

footer = Vinculado com o Bowline
sandbox = Ambiente de testes: nada daqui chega ao Dropbox. Tudo é fictício.
request = Solicitação { $number }
back = Voltar para { $app }
back-unnamed = Voltar para o aplicativo
again = Tentar novamente
finish = Concluir a vinculação
choose = Escolher outra conta
support = Ajuda de { $app }
privacy = Política de privacidade de { $app }

## Before the provider: who asks for what

consent = { $app } quer acessar sua conta do { $provider }
consent-for = Para sua conta { $user } em { $tenant }
consent-lead = Se você permitir, { $app } poderá fazer o seguinte.
see = Ver
change = Alterar
new = Novo
everything = Fazer na sua conta tudo o que o registro do aplicativo no { $provider } permite, até que você ou o aplicativo encerre a vinculação
codes = Nomes técnicos destas permissões
caution = Continue somente se você mesmo chegou aqui a partir de { $app }.
caution-help = Se alguém enviou este link para você, feche esta página: essa pessoa teria acesso aos seus arquivos.
continue = Continuar para o { $provider }
cancel = Cancelar
next = Você entra no { $provider } e depois volta para { $site }.
undo = Como desfazer
undo-help = Você pode encerrar este acesso a qualquer momento, em { $app } ou nas configurações da sua conta do { $provider }, em aplicativos conectados.
bowline = Quem é o Bowline?
bowline-help = O Bowline faz esta conexão para { $tenant } e guarda as chaves criptografadas. Ele nunca vê sua senha do { $provider }.

## Linking an account again

relink = Vincule sua conta do { $provider } a { $app } novamente
relink-account = Escolha a conta { $email }, que já estava vinculada.
relink-revoked = O { $provider } não aceita mais o acesso que você deu. Isso acontece quando o aplicativo é desconectado nas suas configurações do { $provider } ou quando sua senha muda.
relink-asked = { $app } pede que você confirme o acesso que deu.
relink-disconnected = A conta foi desvinculada, por isso { $app } não tem acesso a ela no momento.
upgrade = { $app } pede mais acesso à sua conta do { $provider }

## Moving on

onward = Indo para { $destination }
onward-help = A próxima página se abre sozinha. Se nada acontecer, use o botão.
onward-button = Continuar para { $destination }

## Ends: a heading that says what is true, and what helps

too-old = Este link é antigo demais
    .help = Para sua segurança, um link funciona por poucos minutos. Volte para o aplicativo de onde você veio e comece de novo por lá.
too-late = Demorou demais
    .help = Para sua segurança, uma vinculação precisa ser concluída em poucos minutos. Desta vez, sua conta do { $provider } não foi vinculada. Volte e comece de novo.
used = Este link já foi usado
    .help = Cada link funciona uma única vez. Se sua conta do { $provider } ainda não está vinculada, volte para o aplicativo de onde você veio e comece de novo por lá.
opened-elsewhere = Este link está aberto em outro navegador
    .help = Ele foi iniciado lá, e só aquele navegador pode concluí-lo. Continue por lá, ou volte para o aplicativo e comece de novo neste navegador.
not-this-browser = Isto não pertence ao seu navegador
    .help = A resposta não corresponde a nenhuma vinculação de que este navegador se lembre; por isso, nada foi vinculado com ela. Se sua conta ainda não está vinculada, comece de novo no aplicativo e permaneça no mesmo navegador.
without-cookie = Seu navegador não guardou nosso cookie
    .help = Sem ele não podemos saber que é você quem volta do { $provider }. Permita cookies para este site, volte para o aplicativo e comece de novo por lá.
out-of-date = Esta página está desatualizada
    .help = Ela foi aberta novamente neste navegador, e por isso o botão não fez nada. Recarregue a página e pressione o botão outra vez.
foreign = Isto foi enviado por outro site
    .help = Para sua segurança, foi ignorado e não mudou nada. Volte para o aplicativo de onde você veio e comece de novo por lá.
approved = Você deu sua aprovação
    .help = Falta só uma etapa: o aplicativo de onde você veio precisa concluir a vinculação.
in-progress = Sua conta do { $provider } está sendo vinculada
    .help = Isso leva um momento. Verifique novamente em alguns segundos.
linked = Sua conta do { $provider } está vinculada
    .help = Não há mais nada a fazer aqui. Volte para o aplicativo de onde você veio.
declined = Você recusou
    .help = Sua conta do { $provider } não foi vinculada. Se mudar de ideia, volte para o aplicativo e comece de novo por lá.
cancelled = O aplicativo cancelou esta vinculação
    .help = Nada foi alterado. Se ainda quiser vincular sua conta do { $provider }, volte para o aplicativo e comece de novo por lá.
failed = A vinculação não funcionou
    .help = Ela terminou antes que sua conta do { $provider } pudesse ser vinculada. Volte para o aplicativo de onde você veio e comece de novo por lá.
wrong-account = Essa era outra conta do { $provider }
    .help = Nada foi alterado. Para vincular novamente, escolha a conta que já estava vinculada.
wrong-account-known = Essa era outra conta do { $provider }
    .help = Nada foi alterado. Para vincular novamente, escolha a conta { $email }.
wrong-kind-work = Este aplicativo precisa de uma conta de trabalho
    .help = Você autorizou com uma conta pessoal do { $provider }; por isso, nada foi vinculado. Escolha a conta da sua equipe ou empresa.
wrong-kind-personal = Este aplicativo precisa de uma conta pessoal
    .help = Você autorizou com a conta do { $provider } de uma equipe; por isso, nada foi vinculado. Escolha sua conta pessoal.
team = Essa era uma equipe inteira
    .help = Este aplicativo vincula a conta de uma pessoa, e não uma equipe inteira do { $provider }; por isso, nada foi vinculado. Informe aos criadores do aplicativo o número da solicitação abaixo.
not-permitted = O { $provider } não permite isto
    .help = Sua conta do { $provider } não pode ser usada com este aplicativo. Tente outra conta ou fale com o administrador desta.
lost = Não recebemos uma resposta a tempo
    .help = O { $provider } talvez mostre o aplicativo como conectado, embora nada esteja vinculado. Volte para o aplicativo e comece de novo por lá.
provider-trouble = O { $provider } teve um problema
    .help = Sua conta não foi vinculada, e não há nada de errado com ela. Volte para o aplicativo e tente novamente em alguns minutos.
misconfigured = Este aplicativo não está configurado corretamente
    .help = O { $provider } recusa a solicitação, e você não fez nada de errado. Informe aos criadores do aplicativo o número da solicitação abaixo: o registro do aplicativo no { $provider } precisa ser corrigido.
disabled = A vinculação está desativada por enquanto
    .help = Este aplicativo não aceita novas vinculações no momento, e nada foi alterado. Tente mais tarde ou fale com os criadores do aplicativo.
provider-unreachable = Não foi possível acessar o { $provider }
    .help = Nada foi alterado, e seu link ainda funciona. Tente novamente em instantes.
too-many = Solicitações demais
    .help = Sua rede nos enviou mais solicitações do que atendemos de uma vez. Espere um minuto e tente novamente.
not-found = Este link não funciona
    .help = Talvez esteja incompleto ou digitado incorretamente, ou um link mais novo o tenha substituído. Volte para o aplicativo de onde você veio e comece de novo por lá.
unavailable = Tente novamente em instantes
    .help = Algo de que precisamos não está acessível agora. Recarregue esta página em instantes.
internal = Algo deu errado aqui
    .help = O erro é nosso. Veja no aplicativo se sua conta está vinculada; se não estiver, comece de novo por lá. Se acontecer outra vez, informe aos criadores do aplicativo o número da solicitação abaixo.

## The page with the user's linked accounts

accounts = Suas contas vinculadas
accounts-for = { $app }, para sua conta { $user } em { $tenant }
accounts-lead = Aqui você vê quais contas vinculou a { $app }, quando foram usadas e o que o aplicativo pode fazer com elas. Você pode desvincular cada uma.
accounts-open = Mostrar minhas contas
accounts-caution = Continue somente se você mesmo veio de { $app }.
accounts-caution-help = Se alguém enviou este link a você, feche esta página. Ele funciona uma só vez, em um só navegador.
accounts-more = Há também contas mais antigas vinculadas que não cabem nesta página. Elas aparecem quando você desvincula outras.
accounts-ended-more = As contas desvinculadas anteriormente não são mostradas.
accounts-none = Nenhuma conta está vinculada
accounts-none-help = { $app } não tem acesso a nenhuma conta sua. Se quiser vincular uma, volte ao aplicativo.
accounts-ended = Contas desvinculadas
linked-at = Vinculada desde { $since }
linked-to = { $provider }, vinculada a { $app }
state-linked = Vinculada
state-needs-reauth = É preciso vincular de novo
state-needs-reauth-help = { $provider } não aceita mais o acesso que você deu, por isso { $app } não pode usar esta conta.
state-suspended = Em pausa
state-suspended-help = Os operadores deste serviço colocaram esta conta em pausa. Enquanto isso { $app } não pode usá-la, e você ainda pode desvinculá-la.
state-revoking = Sendo desvinculada
state-revoking-help = { $app } não pode mais usar esta conta. Estamos pedindo a { $provider } que encerre o acesso, o que leva um momento.
state-revoked = Desvinculada
state-revoked-help = { $app } não pode mais usar esta conta, e { $provider } encerrou o acesso.
state-revoked-here-help = { $app } não pode mais usar esta conta. { $provider } não confirmou: veja nas configurações da sua conta do { $provider }, em aplicativos conectados, e remova o aplicativo se ele ainda estiver na lista.
used-never = Ainda não usada
used-day = Usada nas últimas 24 horas ({ $date })
used-week = Usada na última semana ({ $date })
used-month = Usada no último mês ({ $date })
used-earlier = Sem uso há mais de um mês (pela última vez em { $date })
got-all = O app recebeu uma chave para todas as permissões que tinha então
got-some = O app recebeu uma chave apenas para estas permissões:
got-signature = Assinamos uma solicitação para o app, que não recebeu nenhuma chave
may = O que { $app } pode fazer
might = O que { $app } podia fazer
disconnect = Desvincular
link-again = Vincular de novo
link-again-in-app = Para vincular de novo, volte a { $app } e comece por lá.
disconnect-question = Desvincular { $account }?
disconnect-what = { $app } não poderá mais usar esta conta do { $provider }. Nada é apagado na sua conta, e o que { $app } já copiou continua lá.
disconnect-undo = Você pode vincular a conta de novo a qualquer momento.
disconnect-yes = Sim, desvincular
disconnect-no = Não, manter vinculada
date = { $day } de { $month } de { $year }
month-1 = janeiro
month-2 = fevereiro
month-3 = março
month-4 = abril
month-5 = maio
month-6 = junho
month-7 = julho
month-8 = agosto
month-9 = setembro
month-10 = outubro
month-11 = novembro
month-12 = dezembro
page-expired = Esta página expirou
    .help = Para sua segurança, ela funciona só por alguns minutos. Volte ao aplicativo de onde veio e abra de novo suas contas vinculadas por lá.
page-elsewhere = Suas contas estão abertas em outro navegador
    .help = Para sua segurança, este link funciona no navegador que o abriu primeiro. Volte ao aplicativo de onde veio e abra de novo suas contas vinculadas por lá.
page-without-cookie = Seu navegador não guardou o cookie desta página
    .help = Sem ele não conseguimos saber que é você quem vê suas contas. Permita cookies para este site, volte ao aplicativo e abra de novo suas contas vinculadas por lá.

## Permissions: after "See", what the app can see

scope-account_info-read = Seu nome, seu e-mail e seu país
scope-files-metadata-read = Os nomes e locais dos seus arquivos e pastas
scope-files-content-read = O conteúdo dos seus arquivos
scope-sharing-read = O que você compartilha e com quem
scope-file_requests-read = Suas solicitações de arquivos
scope-contacts-read = Seus contatos
scope-openid = Qual conta do { $provider } é a sua
scope-email = Seu e-mail
scope-profile = Seu nome
scope-team_info-read = O nome, o tamanho e as configurações da sua equipe
scope-team_data-content-read = O conteúdo dos arquivos da sua equipe
scope-team_data-governance-read = As retenções legais da sua equipe
scope-files-team_metadata-read = Os nomes e locais dos arquivos e pastas da sua equipe
scope-members-read = Quem faz parte da sua equipe
scope-groups-read = Os grupos da sua equipe e seus membros
scope-sessions-list = Os dispositivos e aplicativos que os membros da sua equipe usam
scope-events-read = O que aconteceu na sua equipe

## Permissions: after "Change", what the app can do

scope-account_info-write = Alterar as configurações da sua conta, como a foto do perfil
scope-files-metadata-write = Alterar informações sobre seus arquivos e pastas
scope-files-content-write = Alterar, adicionar e excluir arquivos
scope-files-permanent_delete = Excluir arquivos para sempre, sem que ninguém possa restaurá-los
scope-sharing-write = Compartilhar seus arquivos e pastas com outras pessoas
scope-file_requests-write = Criar e alterar solicitações de arquivos
scope-contacts-write = Alterar seus contatos
scope-team_data-member = Agir pelos membros da sua equipe, com as demais permissões desta página
scope-team_data-team_space = Trabalhar com o espaço compartilhado da sua equipe
scope-team_data-content-write = Alterar, adicionar e excluir arquivos da sua equipe
scope-team_data-governance-write = Criar, alterar e encerrar retenções legais da sua equipe
scope-files-team_metadata-write = Alterar informações sobre os arquivos e pastas da sua equipe
scope-members-write = Convidar, alterar e suspender membros da sua equipe
scope-members-delete = Remover membros da sua equipe, com suas contas
scope-groups-write = Criar, alterar e excluir grupos da sua equipe
scope-sessions-modify = Desconectar dispositivos e aplicativos dos membros da sua equipe

scope-other = Usar esta permissão do { $provider }:
