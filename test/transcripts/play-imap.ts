import type { TlsFacts } from '../../src/base/conversation.ts';
import type { ImapEvent } from '../../src/serve/imap/session.ts';
import type { Actor } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';
import { parseTranscript, printSaid, printStep, type Step } from './transcript.ts';

const tls = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  serverName: undefined,
  alpn: undefined,
  peerPublicKey: undefined,
  resumed: false,
  channelBinding: undefined,
};

/**
 * Plays a transcript against an account and writes it anew with what the server really said. Events:
 * `neighbour NAME` (one more account, logs in as NAME@localhost) · `options KEY=VALUE…` (before the first C) · `quota BYTES` · `administrator yes|no` · `hide CAPABILITY…` · `deliver MAILBOX COUNT [FLAG…]` · `mark MAILBOX FIRST LAST FLAG` ·
 * `key NAME [no-preauth] [other]`, `remove-key NAME`, `certificate NAME` (of STARTTLS, and of new connections after `implicit-tls`) ·
 * `make PREFIX COUNT` (mailboxes) · `unmark …` · `expunge MAILBOX FIRST LAST` · `tls` · `timeout` · `shutdown` · `later MINUTES` · `disable TEXT` · `enable` · `revoke` · `remove`.
 * `<uidvalidity>` in what is sent stands for INBOX's; all uidvalidities in what is said are written so. ObjectIDs likewise: `<F1>`, `<M1>`, `<T1>`.
 * The code CAPABILITY is cut short.
 */
export async function playImap(actor: Actor, text: string): Promise<string> {
  const player = new Player(actor);
  try {
    for (const step of parseTranscript(text)) await player.play(step);
    return player.written;
  } finally {
    player.end();
  }
}

class Player {
  written = '';
  private certificate: TlsFacts = tls;
  private implicitTls = false;
  private readonly actor: Actor;
  private readonly connections = new Map<string, ScriptedConnection<ImapEvent>>();
  private readonly gone = new Set<string>();
  private readonly objectIds = new Map<string, string>();
  private delivered = 0;

  constructor(actor: Actor) {
    this.actor = actor;
  }

  async play(step: Step): Promise<void> {
    if (step.kind === 'client') {
      const connection = await this.connection(step.connection);
      this.written += printStep(step);
      this.said(step.connection, await connection.send(await this.fillIn(step.octets)));
    } else if (step.kind === 'event') {
      this.written += printStep(step);
      await this.happen(step.words);
    } else if (!/^# \(closed\d?\)$/.test(step.text)) {
      this.written += printStep(step);
    }
    for (const [name, connection] of this.connections) {
      this.said(name, await connection.settle());
      if (!connection.closed || this.gone.has(name)) continue;
      this.gone.add(name);
      this.written += `# (closed${name})\n`;
    }
  }

  end(): void {
    for (const connection of this.connections.values()) connection.end();
  }

  private async connection(name: string): Promise<ScriptedConnection<ImapEvent>> {
    const known = this.connections.get(name);
    if (known !== undefined) return known;
    const made = this.actor.connect(`c${name}`, 65_536, this.implicitTls ? this.certificate : undefined);
    this.connections.set(name, made);
    this.said(name, await made.greet());
    return made;
  }

  private said(name: string, octets: string): void {
    const masked = octets
      .replaceAll(/\[CAPABILITY [^\]]*\]/g, '[CAPABILITY ...]')
      .replaceAll(/\(([FMT]\d+)\)/g, (_all, id: string) => `(${this.aliasOf(id)})`)
      .replaceAll(/\b(UIDVALIDITY) \d+/g, '$1 <uidvalidity>')
      .replaceAll(/\b(APPENDUID|COPYUID) \d+/g, '$1 <uidvalidity>');
    this.written += printSaid(name, masked);
  }

  /** ObjectIDs are written `<M1>`, `<M2>` … in the order in which they are said. */
  private aliasOf(id: string): string {
    const known = this.objectIds.get(id);
    if (known !== undefined) return known;
    const count = [...this.objectIds.keys()].filter((other) => other[0] === id[0]).length;
    const alias = `<${id.charAt(0)}${count + 1}>`;
    this.objectIds.set(id, alias);
    return alias;
  }

  private async fillIn(asked: string): Promise<string> {
    let octets = asked;
    for (const [id, alias] of this.objectIds) octets = octets.replaceAll(alias, id);
    if (!octets.includes('<uidvalidity>')) return octets;
    const inbox = await this.actor.store.findMailbox(this.actor.accountId, 'INBOX');
    return octets.replaceAll('<uidvalidity>', String(inbox?.uidValidity));
  }

  private async happen([what, ...words]: readonly string[]): Promise<void> {
    const { actor } = this;
    const [mailbox = '', first = '', last = '', flag = ''] = words;
    switch (what) {
      case 'options':
        actor.options = { ...actor.options, ...Object.fromEntries(words.map(option)) };
        break;
      case 'key':
        actor.tlsKeys.set(mailbox, { preauth: !words.includes('no-preauth'), other: words.includes('other') });
        break;
      case 'remove-key':
        actor.tlsKeys.delete(mailbox);
        actor.tellDirectory();
        break;
      case 'certificate':
        this.certificate = { ...tls, peerPublicKey: Buffer.from(mailbox) };
        break;
      case 'implicit-tls':
        this.implicitTls = true;
        break;
      case 'neighbour':
        await actor.addNeighbour(mailbox);
        break;
      case 'hide':
        actor.hiddenCapabilities = words;
        actor.tellDirectory();
        break;
      case 'administrator':
        actor.isAdministrator = mailbox === 'yes';
        break;
      case 'quota':
        actor.quotaBytes = Number(words[0]);
        break;
      case 'deliver':
        for (let left = Number(first); left > 0; left--) {
          await actor.deliver(mailbox, this.message(), words.slice(2));
        }
        break;
      case 'mark':
      case 'unmark':
        await actor.mark(mailbox, Number(first), Number(last), flag, what === 'mark');
        break;
      case 'expunge':
        await actor.expunge(mailbox, Number(first), Number(last));
        break;
      case 'make':
        await actor.makeMailboxes(mailbox, Number(first));
        break;
      case 'later':
        actor.nowMs += Number(words[0]) * 60_000;
        break;
      case 'disable':
        actor.loginDisabled = words.join(' ');
        actor.tellDirectory();
        break;
      case 'revoke':
        actor.revoked = true;
        actor.tellDirectory();
        break;
      case 'enable':
        actor.loginDisabled = undefined;
        break;
      case 'remove':
        actor.removed = true;
        actor.tellDirectory();
        break;
      default:
        await this.toConnections(what);
    }
  }

  private message(): string {
    const number = ++this.delivered;
    return `From: Ann <ann@example.org>\nTo: post@localhost\nSubject: message ${number}\nMessage-ID: <${number}@example.org>\n\nbody ${number}\n`;
  }

  private async toConnections(what: string | undefined): Promise<void> {
    for (const [name, connection] of this.connections) {
      if (what === 'tls') this.said(name, await connection.turnOnTls(this.certificate));
      else if (what === 'timeout') this.said(name, await connection.input({ kind: 'timeout', why: 'idle' }));
      else if (what === 'shutdown') this.said(name, await connection.input({ kind: 'shutdown' }));
      else throw new Error(`no such event: ${what}`);
    }
  }
}

function option(text: string): [string, unknown] {
  const [key = '', value = ''] = text.split('=');
  return [key, /^\d+$/.test(value) ? Number(value) : value === 'true'];
}
