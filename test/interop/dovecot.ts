/** Debian's Dovecot in a temporary folder, on free ports of loopback. Needs root, as Dovecot does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localhostCertificate } from '../../src/net/test-certificates.ts';
import { freePorts, isListening } from '../e2e/harness/ports.ts';
import { hasProgram, mustRun } from '../e2e/harness/programs.ts';

const users = { 'ann@example.test': 'a long password', 'bob@example.test': 'another one' } as const;

/** Why it cannot run here; undefined when it can. */
export function whyNoDovecot(): string | undefined {
  if (!hasProgram('dovecot')) return 'dovecot is not installed';
  return userInfo().uid === 0 ? undefined : 'Dovecot needs root';
}

export interface Dovecot extends AsyncDisposable {
  readonly imap: number;
  readonly imaps: number;
}

export async function startDovecot(): Promise<Dovecot> {
  const dir = mkdtempSync(join(tmpdir(), 'posthorn-dovecot-'));
  chmodSync(dir, 0o755);
  const [imap = 0, imaps = 0] = await freePorts(2);
  const nobody = Number((await mustRun('id', ['-u', 'nobody'])).stdout);
  const group = Number((await mustRun('id', ['-g', 'nobody'])).stdout);
  mkdirSync(join(dir, 'mail'));
  chownSync(join(dir, 'mail'), nobody, group);
  writeFileSync(join(dir, 'cert.pem'), localhostCertificate.certPem);
  writeFileSync(join(dir, 'key.pem'), localhostCertificate.keyPem);
  const lines = Object.entries(users).map(([name, password]) => `${name}:{PLAIN}${password}`);
  writeFileSync(join(dir, 'users'), `${lines.join('\n')}\n`);
  writeFileSync(join(dir, 'dovecot.conf'), configuration({ dir, imap, imaps, uid: nobody, gid: group }));
  const child = spawn('dovecot', ['-F', '-c', join(dir, 'dovecot.conf')], { stdio: 'ignore' });
  await untilReady(child, imaps, join(dir, 'log'));
  return {
    imap,
    imaps,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function configuration(at: {
  readonly dir: string;
  readonly imap: number;
  readonly imaps: number;
  readonly uid: number;
  readonly gid: number;
}): string {
  return `
protocols = imap
base_dir = ${at.dir}/run
log_path = ${at.dir}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <${at.dir}/cert.pem
ssl_key = <${at.dir}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login scram-sha-1 scram-sha-256
mail_location = sdbox:~/sdbox
first_valid_uid = ${at.uid}
first_valid_gid = ${at.gid}
passdb {
  driver = passwd-file
  args = ${at.dir}/users
}
userdb {
  driver = static
  args = uid=${at.uid} gid=${at.gid} home=${at.dir}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
    auto = create
  }
}
service imap-login {
  inet_listener imap {
    port = ${at.imap}
  }
  inet_listener imaps {
    port = ${at.imaps}
  }
}
`;
}

async function untilReady(child: ChildProcess, port: number, log: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isListening(port)) return;
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`Dovecot does not run: ${readFileSync(log, 'utf8').slice(-2000)}`);
}
