/**
 * Debian's Dovecot as a target beside ours: same machine, same corpus, one account, mail synced before OK (`mail_fsync =
 * always`, the strictest it has; its index log is still written without a sync). Needs root, as Dovecot does.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, greets } from './server.ts';
import type { Target } from './target.ts';

/** Ways in which Dovecot keeps mail. */
export type DovecotFormat = 'maildir' | 'sdbox';

const user = 'bench@bench.test';
const password = 'measure me';

/** Starts Dovecot on a free port with an empty account in `dir`; resolves when it greets. */
export async function startDovecot(dir: string, format: DovecotFormat): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const owner = idsOfNobody();
  const mail = join(dir, 'mail');
  mkdirSync(mail, { recursive: true });
  // Dovecot's processes are not root: they must be able to walk here.
  for (const folder of [join(dir, '..'), dir]) chmodSync(folder, 0o755);
  chownSync(mail, owner.uid, owner.gid);
  writeFileSync(join(dir, 'users'), `${user}:{PLAIN}${password}\n`);
  const config = join(dir, 'dovecot.conf');
  writeFileSync(config, printConfig(dir, format, port, owner));
  let child = await start(config, port);
  const stop = async (): Promise<void> => {
    const { process: running } = child;
    if (running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  };
  return {
    name: `dovecot ${format}`,
    smtp: undefined,
    imap: { host: '127.0.0.1', port },
    imaps: undefined,
    user,
    password,
    clientCertificate: undefined,
    recipients: [],
    pids: () => (child.process.pid === undefined ? [] : [child.process.pid]),
    control: {
      dataDir: mail,
      stop,
      async restart() {
        await stop();
        child = await start(config, port);
        return child.startMs;
      },
    },
  };
}

function idsOfNobody(): { uid: number; gid: number } {
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

async function start(config: string, port: number): Promise<{ process: ChildProcess; startMs: number }> {
  const begun = performance.now();
  const child = spawn('dovecot', ['-F', '-c', config], { stdio: 'ignore' });
  let failed = false;
  child.once('error', () => (failed = true));
  while (!(await greets(port))) {
    if (failed || child.exitCode !== null)
      throw new Error('Dovecot does not start: is it installed, and is this root?');
    if (performance.now() - begun > 30_000) throw new Error('Dovecot does not greet within 30 s');
  }
  return { process: child, startMs: performance.now() - begun };
}

/** One process for logins, and processes of IMAP that are kept: what its makers recommend for speed. */
function printConfig(dir: string, format: DovecotFormat, port: number, owner: { uid: number; gid: number }): string {
  return `
protocols = imap
base_dir = ${dir}/run
log_path = ${dir}/log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = ${format}:~/${format}
mail_fsync = always
first_valid_uid = ${owner.uid}
first_valid_gid = ${owner.gid}
mail_max_userip_connections = 20000
passdb {
  driver = passwd-file
  args = ${dir}/users
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${dir}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  service_count = 0
  client_limit = 12000
  process_min_avail = 1
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  process_limit = 12000
  service_count = 0
}
service auth {
  client_limit = 15000
}
service anvil {
  client_limit = 15000
}
service stats {
  client_limit = 15000
}
`;
}
