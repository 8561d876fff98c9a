/** Run by `listen.test.ts` in a process that may open only a few files: says its port, then what was logged. */
import { silentLog } from '../base/log.ts';
import type { Log } from '../base/log.ts';
import { listen } from './listen.ts';

const log: Log = { ...silentLog, warn: (message) => void process.stdout.write(`${message}\n`), with: () => log };
const listener = await listen({
  name: 'few',
  host: '127.0.0.1',
  port: 0,
  converse: (_peer, sink) => ({ greet: () => sink.write('hello\r\n'), accept: () => {}, end: () => {} }),
  refusals: { tooMany: '', blocked: '', closing: '' },
  log,
});
process.stdout.write(`port ${listener.port}\n`);
