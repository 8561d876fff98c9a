import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import type { LiveDirectory } from '../directory/live-directory.ts';
import type { Listener } from '../net/listen.ts';
import { createLog } from '../observe/create-log.ts';
import { breakGround } from './break-ground.ts';
import { checkKnownConfig } from './config/known-config.ts';
import { isLoopback } from './config/plaintext-login.ts';
import { services } from './services.ts';
import { Refusal } from './refusal.ts';
import { announce, exitOnUncaught, runHouse } from './run-house.ts';
import { keptCertificate } from './tls/certificates.ts';

export interface LocalserveOptions {
  readonly dir: string | undefined;
  readonly ip: string;
  readonly portOffset: number;
}

const account = 'post';
const address = 'post@localhost';
const password = 'posthorn';
const wellKnownPorts = {
  smtp: 25,
  submission: 587,
  submissions: 465,
  imap: 143,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
} as const;
const certificateNames = ['localhost', '127.0.0.1', '::1'] as const;

/** The whole server on this machine, for trying it and for testing mail programs: nothing to configure, nothing leaves. */
export async function localserve(options: LocalserveOptions): Promise<void> {
  const dir = resolve(options.dir ?? defaultDir());
  if (isIP(options.ip) === 0) throw new Refusal(`"${options.ip}" is no IP address`);
  const file = join(dir, 'posthorn.yaml');
  const text = printConfig(options);
  const loaded = await checkKnownConfig(file, text);
  const log = createLog(loaded.config.log);
  exitOnUncaught(log);
  // Locks the directory first, so that a second server does not touch the files of the first.
  const ground = breakGround(loaded, log);
  const certificate = keptCertificate(join(dir, 'tls'), 'localhost', certificateNames);
  const { assemble } = await import('./assemble.ts');
  const house = await assemble({ loaded, ground, certificate, log, prepare: furnish, captureAccount: account });
  writeFileSync(file, text);
  await runHouse(house, log, {
    ready: () => announce(describe(dir, file, house.listeners)),
    hangup: () => house.useCertificate(keptCertificate(join(dir, 'tls'), 'localhost', certificateNames)),
  });
}

/** `~/.local/share/posthorn-localserve`, by the XDG base directory rules. */
function defaultDir(): string {
  const base = process.env['XDG_DATA_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.local/share') : base, 'posthorn-localserve');
}

/** Also written to the directory, so that `posthorn config … --config DIR/posthorn.yaml` finds this server. */
function printConfig({ ip, portOffset }: LocalserveOptions): string {
  const ports = services.map((service) => `    ${service}: ${wellKnownPorts[service] + portOffset}`);
  return `# Written by "posthorn localserve" at each start: for the other commands to find it, not for changing.
hostname: localhost
data: .
listeners:
  - ip: ${JSON.stringify(ip)}
${ports.join('\n')}
    plaintextLogin: ${isLoopback(ip)}
tls: { cert: tls/localhost.pem, key: tls/localhost.key }
log: { level: info, format: text }
limits: { exempt: ["127.0.0.0/8", "::1"] }
`;
}

/** At the first start: one domain, one account that gets everything in it. */
async function furnish(directory: LiveDirectory): Promise<void> {
  if (directory.view.accounts.has(account)) return;
  const { applyDocument } = await import('../directory/document/apply-document.ts');
  const { directoryDocumentSchema } = await import('../directory/document/directory-document.ts');
  const document = directoryDocumentSchema.parse({
    domains: { localhost: {} },
    accounts: { [account]: { addresses: [address, '@localhost'], password } },
    postmaster: account,
  });
  const done = await applyDocument(directory.editor, document, { prune: false, dryRun: false });
  if (!done.ok) throw new Refusal(done.error.map(({ message }) => message).join('\n'));
}

const notes: Readonly<Record<string, string>> = {
  smtp: 'mail from others, STARTTLS',
  submission: 'sending, STARTTLS',
  submissions: 'sending, TLS',
  imap: 'reading, STARTTLS',
  imaps: 'reading, TLS',
  pop3: 'fetching, STLS',
  pop3s: 'fetching, TLS',
};

function describe(dir: string, file: string, listeners: readonly Listener[]): readonly string[] {
  const rows = listeners.map(
    ({ name, host, port }) => `  ${name.padEnd(12)} ${host}:${port}`.padEnd(34) + (notes[name] ?? ''),
  );
  return [
    `posthorn localserve, data in ${dir}`,
    ...rows,
    `  address      ${address}`,
    `  password     ${password}`,
    `  certificate  ${join(dir, 'tls/localhost.pem')}`,
    `  configure    posthorn config … --config ${file}`,
    'Mail submitted to any address is kept in this account; nothing is sent out.',
  ];
}
