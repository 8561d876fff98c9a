/** What this machine can do at best: figures are given as a share of these, so that they travel between machines. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { composeMessage } from '../corpus.ts';

export interface MachineLimits {
  /** Appends of 4 kB, each followed by fdatasync, a second. */
  readonly syncsPerSec: number;
  /** The same with a hundred messages for each fdatasync: messages a second. */
  readonly groupedPerSec: number;
  /** Round trips of 64 octets over loopback between two ends in one Node process, a second. */
  readonly roundTripsPerSec: number;
}

/** Measures for about a second. `dir`: where the mail would lie. */
export async function measureLimits(dir: string): Promise<MachineLimits> {
  return { syncsPerSec: appends(dir, 1), groupedPerSec: appends(dir, 100), roundTripsPerSec: await roundTrips() };
}

function appends(dir: string, group: number): number {
  const path = join(dir, `limits-${process.pid}`);
  const message = Buffer.concat(Array.from({ length: group }, (_, i) => composeMessage(i, 4096)));
  const fd = openSync(path, 'w');
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < 300) {
    writeSync(fd, message);
    fdatasyncSync(fd);
    count += group;
  }
  const seconds = (performance.now() - begun) / 1000;
  closeSync(fd);
  rmSync(path);
  return count / seconds;
}

async function roundTrips(): Promise<number> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('data', (data) => socket.write(data));
    socket.on('error', () => undefined);
  });
  const port = await listen(server);
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  const payload = Buffer.alloc(64, 65);
  const begun = performance.now();
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', () => {
      count++;
      if (performance.now() - begun > 300) resolve();
      else socket.write(payload);
    });
    socket.write(payload);
  });
  const seconds = (performance.now() - begun) / 1000;
  socket.destroy();
  server.close();
  return count / seconds;
}

/** Listens on a free loopback port; resolves with it. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}
