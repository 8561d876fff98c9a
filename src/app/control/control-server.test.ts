import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test, vi } from 'vitest';

import { silentLog } from '../../base/log.ts';
import { StorageFull } from '../../store/store.ts';
import { askControl, connectControl } from './control-client.ts';
import { startControlServer } from './control-server.ts';

const dir = mkdtempSync(join(tmpdir(), 'posthorn-control-'));
afterAll(() => rmSync(dir, { recursive: true }));
// Threads cannot set it; what it is for, command-line.test.ts sees in a process.
vi.spyOn(process, 'umask').mockReturnValue(0o022);

test.each([
  [new StorageFull('the disk of the data directory is full'), 'the disk of the data directory is full'],
  [new TypeError('secret is not iterable'), 'the server failed; see its log'],
])('a request that fails is told why, unless the fault is ours: %s', async (failure, told) => {
  const path = join(dir, 'ctl.sock');
  const server = await startControlServer(path, () => Promise.reject(failure), silentLog);
  try {
    const socket = (await connectControl(path)) ?? expect.fail('nobody listens');
    const request = { kind: 'logins', account: 'ann', limit: 1 } as const;
    expect(await askControl(socket, request)).toEqual({ ok: false, messages: [told] });
  } finally {
    await server.close();
  }
});
