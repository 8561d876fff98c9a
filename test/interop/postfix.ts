/** Postfix from Debian's packages, with a configuration, queue and ports of its own in a temporary folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SmtpClient } from '../../src/clients/smtp/smtp-client.ts';
import { mustRun } from '../e2e/harness/programs.ts';
import { makeCertificate } from '../e2e/harness/client-certificates.ts';

/** Its parts change users, so only root can start it. */
export const hasPostfix = existsSync('/usr/sbin/postfix') && process.getuid?.() === 0;
if (!hasPostfix) console.warn('SKIPPED: Postfix is not installed, or this is not root; nothing was tried with it');

export interface Postfix {
  readonly port: number;
  readonly address: string;
  /** PEM. */
  readonly certificate: string;
  /** Each message that it keeps, for whatever recipient of `post.test`. */
  kept(): Promise<readonly string[]>;
  log(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PostfixOptions {
  readonly address: string;
  readonly port: number;
  /** Domain to `[host]:port`. */
  readonly routes?: Readonly<Record<string, string>>;
  /** More lines for main.cf. */
  readonly main?: readonly string[];
}

/** Keeps all mail for post.test, and sends what is for others as `routes` say. */
export async function startPostfix({ address, port, routes = {}, main = [] }: PostfixOptions): Promise<Postfix> {
  const dir = await mkdtemp(join(tmpdir(), 'posthorn-postfix-'));
  await chmod(dir, 0o755);
  const [etc, queue, data, mail] = ['etc', 'queue', 'data', 'mail'].map((name) => join(dir, name));
  for (const each of [etc, queue, data, mail]) await mkdir(each ?? '');
  const owner = Number((await mustRun('id', ['-u', 'postfix'])).stdout.trim());
  await chown(data ?? '', owner, 0);
  await chown(mail ?? '', nobody, nobody);
  const certificate = await makeCertificate(dir, 'P-256', 'mx.post.test');
  const transports = Object.entries(routes).map(([domain, next]) => `{ ${domain} = smtp:${next} }`);
  const settings = [
    ...['compatibility_level = 3.6', 'mail_owner = postfix', 'setgid_group = postdrop'],
    ...[`queue_directory = ${queue}`, `data_directory = ${data}`, 'command_directory = /usr/sbin'],
    ...['daemon_directory = /usr/lib/postfix/sbin', `maillog_file = ${dir}/mail.log`, `maillog_file_prefixes = ${dir}`],
    ...['myhostname = mx.post.test', 'mydestination =', 'inet_interfaces = 127.0.0.1', 'inet_protocols = ipv4'],
    ...[
      'mynetworks = 127.0.0.0/8',
      'smtpd_relay_restrictions = permit_mynetworks, reject',
      'smtp_host_lookup = native',
    ],
    ...['virtual_mailbox_domains = post.test', `virtual_mailbox_base = ${mail}`, 'virtual_mailbox_maps = static:all/'],
    ...[`virtual_uid_maps = static:${nobody}`, `virtual_gid_maps = static:${nobody}`, 'virtual_minimum_uid = 1'],
    ...[`smtpd_tls_cert_file = ${certificate.cert}`, `smtpd_tls_key_file = ${certificate.key}`],
    ...['smtpd_tls_security_level = may', 'smtp_tls_security_level = may', 'smtputf8_enable = yes'],
    ...['smtpd_tls_received_header = yes', 'alias_maps =', 'alias_database ='],
    ...(transports.length === 0 ? [] : [`transport_maps = inline:{ ${transports.join(', ')} }`]),
    ...main,
  ];
  await writeFile(join(etc ?? '', 'main.cf'), `${settings.join('\n')}\n`);
  await writeFile(join(etc ?? '', 'master.cf'), masterOf(`${address}:${port}`));
  await mustRun('/usr/sbin/postfix', ['-c', etc ?? '', 'check']);
  // Its children keep what they inherit open, so they inherit nothing.
  const master = spawn('/usr/lib/postfix/sbin/master', ['-c', etc ?? '', '-d'], { stdio: 'ignore' });
  const stop = (): boolean => master.kill();
  process.once('exit', stop);
  const postfix: Postfix = {
    ...{ port, address, certificate: await readFile(certificate.cert, 'utf8') },
    async kept() {
      const folder = join(mail ?? '', 'all/new');
      const names = existsSync(folder) ? (await readdir(folder)).toSorted() : [];
      return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    },
    log: () => readFile(join(dir, 'mail.log'), 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      process.off('exit', stop);
      const ended = once(master, 'exit');
      if (master.exitCode === null && stop()) await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
  await untilItAnswers(postfix);
  return postfix;
}

const nobody = 65_534;

function masterOf(listener: string): string {
  const services: readonly (readonly [string, string])[] = [
    [`${listener} inet n - n - -`, 'smtpd'],
    ['cleanup unix n - n - 0', 'cleanup'],
    ['qmgr unix n - n 300 1', 'qmgr'],
    ['tlsmgr unix - - n 1000? 1', 'tlsmgr'],
    ['rewrite unix - - n - -', 'trivial-rewrite'],
    ['bounce unix - - n - 0', 'bounce'],
    ['defer unix - - n - 0', 'bounce'],
    ['trace unix - - n - 0', 'bounce'],
    ['verify unix - - n - 1', 'verify'],
    ['smtp unix - - n - -', 'smtp'],
    ['error unix - - n - -', 'error'],
    ['retry unix - - n - -', 'error'],
    ['virtual unix - n n - -', 'virtual'],
    ['proxymap unix - - n - -', 'proxymap'],
    ['anvil unix - - n - 1', 'anvil'],
    ['scache unix - - n - 1', 'scache'],
    ['postlog unix-dgram n - n - 1', 'postlogd'],
  ];
  return services.map(([first, program]) => `${first} ${program}\n`).join('');
}

async function untilItAnswers(postfix: Postfix): Promise<void> {
  for (const begun = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      const timeouts = { greeting: 2000, command: 2000 };
      const client = await SmtpClient.connect({
        host: postfix.address,
        port: postfix.port,
        tls: 'none',
        ehloName: 'test',
        timeouts,
      });
      return await client.quit();
    } catch (error) {
      if (Date.now() - begun > 20_000)
        throw new Error(`Postfix does not answer:\n${await postfix.log()}`, { cause: error });
    }
  }
}
