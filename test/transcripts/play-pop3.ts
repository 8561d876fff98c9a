import type { TlsFacts } from '../../src/base/conversation.ts';
import { createPop3Conversation } from '../../src/serve/pop3/conversation.ts';
import type { Pop3Event, Pop3ListenerOptions } from '../../src/serve/pop3/services.ts';
import type { Actor } from './imap-stage.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import { parseTranscript, printSaid, printStep, type Step } from './transcript.ts';

const tls: TlsFacts = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  serverName: undefined,
  alpn: undefined,
  peerPublicKey: undefined,
  resumed: false,
  channelBinding: undefined,
};

/** A connection of POP3 to an account. */
export function connectPop3(
  actor: Actor,
  options: Partial<Pop3ListenerOptions> = {},
  peer: { readonly id?: string; readonly tls?: TlsFacts } = {},
): ScriptedConnection<Pop3Event> {
  const converse = createPop3Conversation(actor.services(), { startTls: false, plaintextLogin: true, ...options });
  return new ScriptedConnection(converse, { id: 'p1', ...peer });
}

/**
 * Plays a transcript of POP3 against an account and writes it anew with what the server really said. Events:
 * `options KEY=true|false…` and `implicit-tls` (before the first C) · `deliver COUNT` · `message TEXT` (with `\n`) ·
 * `expunge FIRST LAST` · `key NAME [other]`, `remove-key NAME`, `certificate NAME` · `tls` · `timeout` · `shutdown` ·
 * `later MINUTES` · `disable TEXT` · `enable` · `remove` · `block`. Uidvalidities are written `<uidvalidity>`; waits are shown as
 * `! (waits MS)`.
 */
export async function playPop3(actor: Actor, text: string): Promise<string> {
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
  private facts: TlsFacts = tls;
  private implicitTls = false;
  private options: Partial<Pop3ListenerOptions> = {};
  private readonly actor: Actor;
  private readonly connections = new Map<string, ScriptedConnection<Pop3Event>>();
  private readonly gone = new Set<string>();
  private delivered = 0;

  constructor(actor: Actor) {
    this.actor = actor;
  }

  async play(step: Step): Promise<void> {
    if (step.kind === 'comment') {
      if (!/^# \((?:closed|waits|starts).*\)$/.test(step.text)) this.written += printStep(step);
      return;
    }
    this.written += printStep(step);
    if (step.kind === 'event') {
      await this.happen(step.words);
    } else {
      const connection = await this.connection(step.connection);
      this.said(step.connection, await connection.send(step.octets));
    }
    for (const [name, connection] of this.connections) {
      this.said(name, await connection.settle());
      for (const ms of connection.delays.splice(0)) this.written += `# (waits${name} ${ms} ms)\n`;
      if (!connection.closed || this.gone.has(name)) continue;
      this.gone.add(name);
      this.written += `# (closed${name})\n`;
    }
  }

  end(): void {
    for (const connection of this.connections.values()) connection.end();
  }

  private async connection(name: string): Promise<ScriptedConnection<Pop3Event>> {
    const known = this.connections.get(name);
    if (known !== undefined) return known;
    const peer = this.implicitTls ? { id: `p${name}`, tls: this.facts } : { id: `p${name}` };
    const made = connectPop3(this.actor, this.options, peer);
    this.connections.set(name, made);
    this.said(name, await made.greet());
    return made;
  }

  private said(name: string, octets: string): void {
    this.written += printSaid(name, octets.replaceAll(/^(\+OK \d+|\d+) \d+-(\d+)\r$/gm, '$1 <uidvalidity>-$2\r'));
  }

  private async happen([what, ...words]: readonly string[]): Promise<void> {
    const { actor } = this;
    const [first = '', last = ''] = words;
    switch (what) {
      case 'options':
        for (const word of words) {
          const [key = '', value] = word.split('=');
          this.options = { ...this.options, [key]: value === 'true' };
        }
        break;
      case 'implicit-tls':
        this.implicitTls = true;
        break;
      case 'deliver':
        for (let left = Number(first); left > 0; left--) await actor.deliver('INBOX', this.message());
        break;
      case 'message':
        await actor.deliver('INBOX', words.join(' ').replaceAll('\\n', '\n'));
        break;
      case 'expunge':
        await actor.expunge('INBOX', Number(first), Number(last));
        break;
      case 'key':
        actor.tlsKeys.set(first, { preauth: true, other: last === 'other' });
        break;
      case 'remove-key':
        actor.tlsKeys.delete(first);
        actor.tellDirectory();
        break;
      case 'certificate':
        this.facts = { ...tls, peerPublicKey: Buffer.from(first) };
        break;
      case 'later':
        actor.nowMs += Number(first) * 60_000;
        break;
      case 'block':
        actor.blocked = true;
        break;
      case 'disable':
        actor.loginDisabled = words.join(' ');
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
    return `Subject: message ${number}\n\nbody ${number}\n.\n..dots\nend\n`;
  }

  private async toConnections(what: string | undefined): Promise<void> {
    for (const [name, connection] of this.connections) {
      if (this.gone.has(name)) continue;
      if (what === 'tls') this.said(name, await connection.turnOnTls(this.facts));
      else if (what === 'timeout') this.said(name, await connection.input({ kind: 'timeout', why: 'idle' }));
      else if (what === 'shutdown') this.said(name, await connection.input({ kind: 'shutdown' }));
      else throw new Error(`no such event: ${what}`);
    }
  }
}
