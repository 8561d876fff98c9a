import type { Peer, TlsFacts } from '../../src/base/conversation.ts';
import { silentLog } from '../../src/base/log.ts';
import { TestDirectory } from '../../src/receive/test-directory.ts';
import type { SenderDomainVerdict } from '../../src/receive/sender-domains.ts';
import { openGuard } from '../../src/directory/testing/login-guard.ts';
import { accountId, TestStore } from '../../src/receive/test-store.ts';
import { defaultSmtpLimits, smtpListenerOptions } from '../../src/serve/smtp/listener-options.ts';
import type { SmtpLimits, SmtpListenerOptions } from '../../src/serve/smtp/listener-options.ts';
import type { SmtpEvent, SmtpServices } from '../../src/serve/smtp/services.ts';
import { createSmtpConversation } from '../../src/serve/smtp/smtp-conversation.ts';
import { specialLocalParts } from '../../src/serve/smtp/special-local-parts.ts';
import { StorageFull } from '../../src/store/store.ts';
import { createSubmit } from '../../src/submit/submit.ts';
import { TestQueue } from '../../src/submit/test-queue.ts';
import { ScriptedSink } from './scripted-sink.ts';

const tls = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  serverName: 'mx.example.org',
  alpn: undefined,
  peerPublicKey: undefined,
  resumed: false,
  channelBinding: undefined,
} as const;

/** The key of RFC 8463 appendix A.2. */
const dkimKey = {
  selector: 'test',
  algorithm: 'ed25519',
  privateKey: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g',
} as const;

type Mutable<T> = { -readonly [K in keyof T]?: T[K] };

/**
 * Runs one scenario: keeps its comments, settings (`@ …`), client lines (`C: …`, `C- …` without line end) and events (`! …`),
 * and puts after each what the server says (`S: …`); at the end what was stored (`= …`). The answer to EHLO is shown as one
 * line, unless `@ show-ehlo` is set.
 */
export async function playScenario(script: readonly string[]): Promise<string[]> {
  const stage = setStage(script);
  const out = script.filter((line) => /^[#@=]/.test(line) && !line.startsWith('= '));
  await stage.sink.conversation?.greet();
  const showEhlo = script.includes('@ show-ehlo');
  const hear = (isEhlo = false) => {
    const lines = stage.sink.takeLines();
    const shown = isEhlo && !showEhlo && lines.length > 1 ? [`${lines[0]} … ${lines.length} lines`] : lines;
    out.push(...shown.map((line) => `S: ${hideChance(line)}`));
  };
  hear();
  for (const line of script) {
    const text = unescape(line.slice(3));
    if (line === 'C:' || line.startsWith('C: ')) await stage.sink.receive(Buffer.from(`${text}\r\n`, 'latin1'));
    else if (line.startsWith('C- ')) await stage.sink.receive(Buffer.from(text, 'latin1'));
    else if (line.startsWith('! ')) await makeHappen(stage, line.slice(2));
    else continue;
    out.push(line);
    hear(/^C: EHLO/i.test(line));
  }
  stage.sink.conversation?.end();
  for (const copy of stage.store.copies) {
    out.push(`= stored for account ${copy.accountId} in ${copy.mailbox}`);
    const lines = `${copy.prefix}${copy.text}`.split('\r\n');
    if (lines.at(-1) === '') lines.pop();
    out.push(...lines.map((line) => `= | ${hideChance(escape(line))}`));
  }
  for (const { text, recipients, ...rest } of stage.queue.queued) {
    const { body, utf8, tls: wish, envelopeId, returnContent, notBeforeMs } = rest;
    const later = notBeforeMs === undefined ? {} : { notBefore: new Date(notBeforeMs).toISOString() };
    out.push(`= queued ${JSON.stringify({ body, utf8, tls: wish, envelopeId, returnContent, ...later })}`);
    for (const each of recipients) out.push(`= to ${JSON.stringify(each).replace(/\+[\w-]{22}@/, '+RANDOM@')}`);
    const lines = text.replace(/\tb=[^;]*?\r\n(?!\t)/g, '\tb=SIGNATURE\r\n').split('\r\n');
    if (lines.at(-1) === '') lines.pop();
    out.push(...lines.map((line) => `= | ${hideChance(escape(line))}`));
  }
  if (stage.queue.queued.length === 0 && stage.store.openSpools !== 0)
    out.push(`= spools left open: ${stage.store.openSpools}`);
  return out;
}

function tlsWith(certificate: string | undefined): TlsFacts {
  return { ...tls, peerPublicKey: certificate === undefined ? undefined : Buffer.from(certificate) };
}

interface Stage {
  /** As it is when it begins. */
  readonly tls: TlsFacts;
  readonly sink: ScriptedSink<SmtpEvent>;
  readonly store: TestStore;
  readonly directory: TestDirectory;
  readonly queue: TestQueue;
}

function setStage(script: readonly string[]): Stage {
  const store = new TestStore();
  const directory = new TestDirectory();
  const options: Mutable<Omit<SmtpListenerOptions, 'limits'>> & { limits: Mutable<SmtpLimits> } = { limits: {} };
  const queue = new TestQueue();
  directory.dkimKeys.set('example.org', [dkimKey]);
  const verdicts = new Map<string, SenderDomainVerdict>();
  let blocked = false;
  let isTls = false;
  let certificate: string | undefined;
  for (const line of script) {
    const [sign, name = '', ...words] = line.split(' ');
    if (sign !== '@' || name === 'show-ehlo') continue;
    const [first = '', ...rest] = words;
    if (name === 'key') directory.tlsKeys.set(first, rest[0] ?? '');
    else if (name === 'certificate') certificate = first;
    else if (name === 'submission') options.role = 'submission';
    else if (name === 'no-dkim-key') directory.dkimKeys.clear();
    else if (name === 'unique-return-paths') directory.sendingRules.set(first, { uniqueReturnPaths: true });
    else if (name === 'limit') queue.limit = first === 'new' ? 'too-many-new-recipients' : 'too-many-recipients';
    else if (name === 'tls') isTls = true;
    else if (name === 'starttls') options.startTls = first === 'required' ? 'required' : 'offered';
    else if (name === 'plaintext-auth') options.allowPlaintextAuth = true;
    else if (name === 'capture') options.capture = { account: accountId(3) };
    else if (name === 'special-local-parts') options.policy = specialLocalParts();
    else if (name === 'blocked') blocked = true;
    else if (name === 'sender-domain') verdicts.set(rest[0] ?? '', first as SenderDomainVerdict);
    else if (name === 'full') store.full.add(Number(first));
    else if (name === 'alias') directory.aliases.set(first, { members: rest, postPublic: true });
    else if (name === 'members-only') directory.aliases.set(first, { members: rest });
    else if (name === 'login-disabled') directory.setAccount(first, { loginDisabled: rest.join(' ') });
    else if (name === 'disk-full') store.failWrite = new StorageFull('disk full');
    else if (name === 'broken-disk') store.failAppend = new Error('EIO');
    else if (name in defaultSmtpLimits) options.limits[name as keyof SmtpLimits] = Number(first);
    else throw new Error(`unknown setting: ${line}`);
  }
  const clock = { now: () => Date.UTC(2026, 10, 24, 6, 0, 0) };
  const door = { store, directory, queue, clock, log: silentLog, hostname: 'mx.example.org' };
  const services: SmtpServices = {
    submit: createSubmit(door),
    store,
    directory,
    senderDomains: { judge: ({ domain }) => Promise.resolve(verdicts.get(domain) ?? 'fine') },
    failures: openGuard({ attempt: () => !blocked }),
    clock,
    log: silentLog,
  };
  const sink = new ScriptedSink<SmtpEvent>();
  const peer: Peer = {
    id: 'session',
    remoteAddress: '192.0.2.1',
    remotePort: 1234,
    localAddress: '192.0.2.25',
    localPort: 25,
    tls: isTls ? tlsWith(certificate) : undefined,
  };
  const complete = smtpListenerOptions({ role: 'mx', hostname: 'mx.example.org', ...options });
  sink.conversation = createSmtpConversation(services, complete)(peer, sink);
  return { sink, store, directory, queue, tls: tlsWith(certificate) };
}

async function makeHappen({ sink, directory, store, tls: begun }: Stage, what: string): Promise<void> {
  const [name, argument = ''] = what.split(' ');
  if (name === 'tls') return sink.feed({ kind: 'tls', tls: begun });
  if (name === 'timeout') return sink.feed({ kind: 'timeout', why: argument === 'too-slow' ? 'too-slow' : 'idle' });
  if (name === 'shutdown') return sink.feed({ kind: 'shutdown' });
  if (name === 'remove' || name === 'remove-key' || name === 'revoke') {
    if (name === 'revoke') directory.revoked.add(argument);
    else (name === 'remove' ? directory.accounts : directory.tlsKeys).delete(argument);
    directory.changed();
    return sink
      .receive(new Uint8Array(0))
      .then(() => sink.feed({ kind: 'event', event: { kind: 'directory-changed' } }));
  }
  if (name === 'disk-full') {
    store.failAppend = new StorageFull('disk full');
    return undefined;
  }
  if (name === 'long-line') return sink.receive(Buffer.from(`${'A'.repeat(Number(argument))}\r\n`));
  throw new Error(`unknown event: ${what}`);
}

/** `\n`, `\r`, `\0`, `\xHH` and `\\` in scripts; other characters as UTF-8 octets. */
function unescape(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/\\(x[0-9a-f]{2}|[nr0\\])/g, (_, code: string) => {
      if (code.startsWith('x')) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return { n: '\n', r: '\r', '0': '\0', '\\': '\\' }[code] ?? '';
    });
}

function escape(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\xff\\]/g, (c) =>
    c === '\t' ? '    ' : c === '\\' ? '\\\\' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function hideChance(line: string): string {
  return line.replace(/<[A-Za-z0-9_-]{22}@/, '<RANDOM@');
}
