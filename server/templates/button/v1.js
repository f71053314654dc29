// <bowline-link>: a button that links an account. docs/button.md describes it. Pages get this file as it stands.
(() => {
  const NAME = 'bowline-link';
  if (customElements.get(NAME)) return;

  const OUTCOMES = ['linked', 'denied', 'failed'];
  // What each language says: the button's label, then a text for each state.
  const KEYS = ['label', 'leaving', 'waiting', ...OUTCOMES, 'closed', 'done'];
  const WORDS = {
    __proto__: null,
    en: 'Link your Dropbox|Opening…|Continue in the other window.|Linked.|Not linked: you declined.|Not linked. Please try again.|No answer yet. You can try again.|You can close this window.',
    de: 'Dropbox verknüpfen|Wird geöffnet …|Machen Sie im anderen Fenster weiter.|Verknüpft.|Nicht verknüpft: Sie haben abgelehnt.|Nicht verknüpft. Bitte versuchen Sie es erneut.|Noch keine Antwort. Sie können es erneut versuchen.|Sie können dieses Fenster schließen.',
    fr: 'Associer votre Dropbox|Ouverture…|Continuez dans l’autre fenêtre.|Associé.|Non associé : vous avez refusé.|Non associé. Veuillez réessayer.|Pas encore de réponse. Vous pouvez réessayer.|Vous pouvez fermer cette fenêtre.',
    es: 'Vincular tu Dropbox|Abriendo…|Continúa en la otra ventana.|Vinculado.|No se ha vinculado: lo has rechazado.|No se ha vinculado. Inténtalo de nuevo.|Aún no hay respuesta. Puedes intentarlo de nuevo.|Puedes cerrar esta ventana.',
    pt: 'Vincular seu Dropbox|Abrindo…|Continue na outra janela.|Vinculado.|Não vinculado: você recusou.|Não vinculado. Tente novamente.|Ainda sem resposta. Você pode tentar novamente.|Você pode fechar esta janela.',
    ja: 'Dropbox と連携|開いています…|別のウィンドウで続けてください。|連携しました。|拒否されたため、連携していません。|連携できませんでした。もう一度お試しください。|まだ応答がありません。もう一度お試しください。|このウィンドウは閉じてかまいません。',
    ar: 'ربط حسابك في Dropbox|جارٍ الفتح…|تابِع في النافذة الأخرى.|تم الربط.|لم يتم الربط: لقد رفضت.|لم يتم الربط. حاول من جديد.|لا توجد إجابة بعد. يمكنك المحاولة من جديد.|يمكنك إغلاق هذه النافذة.',
  };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host { display: inline-block }
    :host([hidden]) { display: none }
    p { margin: .25em 0 }
    button { font: inherit; padding: .75em 1.25em; border: 0; border-radius: .5em; background: #0a4a86; color: #fff; cursor: pointer }
    button:focus-visible { outline: 3px solid #76828d; outline-offset: 2px }`);

  // Writes the page's own text (attribute text-…) or else ours, in the page's language if we speak it.
  const write = (element, host, key) => {
    const page = host.closest('[lang]')?.lang || document.documentElement.lang || navigator.language;
    const primary = page.toLowerCase().split('-')[0];
    const ours = WORDS[primary] ? primary : 'en';
    const own = host.getAttribute(`text-${key}`);
    element.lang = own === null ? ours : page;
    element.dir = own !== null ? 'auto' : ours === 'ar' ? 'rtl' : 'ltr';
    element.textContent = own ?? WORDS[ours].split('|')[KEYS.indexOf(key)] ?? '';
  };

  // Goes on to the element's `next`, on this site only.
  const goOn = (host) => {
    const next = host.getAttribute('next');
    if (next === null) return;
    const url = new URL(next, document.baseURI);
    if (url.protocol === location.protocol && url.host === location.host) location.replace(url);
  };

  class BowlineLink extends HTMLElement {
    #line = document.createElement('p');
    #form;
    #id; // of the attempt in the other window
    #window;
    #channel;
    #timer;

    // For the page to which users return. Resolves to whether the page with the button has heard; this window closes then.
    static async report(outcome, reason) {
      let id;
      try {
        id = sessionStorage.getItem(NAME);
      } catch {}
      if (!id) return false;
      const channel = new BroadcastChannel(NAME);
      const heard = await new Promise((resolve) => {
        channel.onmessage = ({ data }) => data?.heard === id && resolve(true);
        channel.postMessage({ id, outcome, reason });
        setTimeout(resolve, 1000, false);
      });
      channel.close();
      if (heard) close();
      else sessionStorage.removeItem(NAME);
      return heard;
    }

    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sheet];
      this.#line.part = 'status';
      this.#line.setAttribute('role', 'status');
      root.append(document.createElement('slot'), this.#line);
      // Forms in the slot send it here, too.
      root.addEventListener('submit', this);
    }

    async connectedCallback() {
      for (const type of ['pageshow', 'pagehide', 'focus']) addEventListener(type, this);
      const outcome = this.getAttribute('report');
      if (outcome === null) {
        if (this.hasAttribute('action')) this.#build();
        const state = this.getAttribute('state');
        this.#show(OUTCOMES.includes(state) ? state : 'idle');
      } else if (await BowlineLink.report(outcome, this.getAttribute('reason') ?? undefined)) {
        this.#show('done');
      } else {
        goOn(this);
      }
    }

    disconnectedCallback() {
      for (const type of ['pageshow', 'pagehide', 'focus']) removeEventListener(type, this);
      this.#stop();
    }

    handleEvent(event) {
      if (event.type === 'submit') {
        this.#submit(event);
      } else if (event.type === 'pagehide') {
        this.#stop();
      } else if (event.type === 'focus') {
        if (this.getAttribute('state') === 'closed') this.#ask();
      } else if (event.persisted && !this.hasAttribute('report')) {
        // Back from the browser's cache, as the page was left.
        this.#show('idle');
        this.#ask();
      }
    }

    #build() {
      const form = document.createElement('form');
      const button = document.createElement('button');
      form.method = 'post';
      form.action = this.getAttribute('action');
      button.part = 'button';
      write(button, this, 'label');
      form.append(button);
      this.#form?.remove();
      this.#form = form;
      this.shadowRoot.prepend(form);
    }

    #submit(event) {
      if (event.defaultPrevented) return;
      if (this.getAttribute('state') === 'leaving' || (this.#window && !this.#window.closed)) {
        // Pressed twice.
        event.preventDefault();
        this.#window?.focus();
        return;
      }
      this.#stop();
      this.#form = event.target;
      const mode = this.getAttribute('mode');
      if (mode === 'popup' || mode === 'tab') this.#open(mode);
      if (!this.#window) {
        // Also where the browser blocks windows. The button works again if this page is still here in ten seconds.
        this.#show('leaving');
        this.#timer = setTimeout(() => this.#show('idle'), 10_000);
      }
      this.#tell('started', { mode: this.#window ? mode : 'redirect' });
    }

    #open(mode) {
      const id = Math.random().toString(36).slice(2);
      const other = open('', NAME + id, mode === 'popup' ? 'popup,width=600,height=760' : '');
      this.#form.setAttribute('target', other ? NAME + id : '_self');
      if (!other) return;
      // Pages in that window must not move this one. The id stays there until the user returns to this site.
      other.opener = null;
      try {
        other.sessionStorage.setItem(NAME, id);
      } catch {}
      this.#id = id;
      this.#window = other;
      this.#channel = new BroadcastChannel(NAME);
      this.#channel.onmessage = ({ data }) => {
        if (data?.id !== id) return;
        this.#channel.postMessage({ heard: id });
        this.#finish(data);
      };
      this.#timer = setInterval(() => this.#look(), 500);
      this.#show('waiting');
    }

    // Browsers also call a window closed that shows a page with Cross-Origin-Opener-Policy. The user is then there.
    async #look() {
      if (!this.#window.closed || !document.hasFocus()) return;
      const id = this.#id;
      clearTimeout(this.#timer);
      this.#window = undefined;
      await this.#ask();
      if (id !== this.#id) return;
      this.#show('closed');
      this.#tell('closed');
      // The app may still be completing. A report is heard until the button is pressed again.
      this.#timer = setTimeout(() => this.#ask(), 3000);
    }

    // Asks the app for the outcome of the user's last attempt.
    async #ask() {
      const id = this.#id;
      const url = this.getAttribute('status');
      if (url === null) return;
      try {
        const answer = await fetch(url, { cache: 'no-store' });
        const said = await answer.json();
        if (id === this.#id && OUTCOMES.includes(said.outcome)) this.#finish(said);
      } catch {}
    }

    #finish({ outcome, reason }) {
      const other = this.#window;
      this.#stop();
      other?.close();
      const state = OUTCOMES.includes(outcome) ? outcome : 'failed';
      this.#show(state);
      this.#tell(state, { reason });
      if (state === 'linked') goOn(this);
    }

    #stop() {
      clearTimeout(this.#timer);
      this.#channel?.close();
      this.#id = this.#window = this.#channel = this.#timer = undefined;
    }

    #show(state) {
      this.setAttribute('state', state);
      this.#form?.setAttribute('aria-busy', ['leaving', 'waiting'].includes(state));
      write(this.#line, this, state);
    }

    #tell(name, detail = {}) {
      this.dispatchEvent(new CustomEvent(`${NAME}:${name}`, { bubbles: true, composed: true, detail }));
    }
  }

  globalThis.BowlineLink = BowlineLink;
  customElements.define(NAME, BowlineLink);
})();
