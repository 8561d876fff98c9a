import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';

import type { Log } from '../../base/log.ts';
import { Refusal } from '../refusal.ts';
import { explainFailure } from '../explain-failure.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { ControlRequest } from './control-request.ts';

export interface ControlServer {
  /** Waits for answers under way. */
  close(): Promise<void>;
}

const maxRequestBytes = 64 * 1024 * 1024;
const maxSocketPath = 103;
const idleMs = 60_000;

/**
 * Answers requests on a socket in the data directory, which only its owner may open: one line of JSON each way, one
 * request a connection. The caller has the lock of the directory, so a socket that is there already is a dead one.
 * @throws Refusal when there can be no socket at that path
 */
export async function startControlServer(
  path: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
  log: Log,
): Promise<ControlServer> {
  if (Buffer.byteLength(path) > maxSocketPath) {
    throw new Refusal(`${path}: too long a path for a socket; use a data directory with a shorter one`);
  }
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(idleMs, () => socket.destroy());
    readLine(socket, (line) => {
      socket.setTimeout(0);
      void answerLine(line, answer, log).then((text) => socket.end(text));
    });
  });
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
      }),
  };
}

function readLine(socket: Socket, done: (line: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxRequestBytes) socket.destroy();
    if (chunk.at(-1) !== 0x0a) return;
    socket.off('data', take);
    done(Buffer.concat(chunks).toString('utf8'));
  };
  socket.on('data', take);
}

/** Never rejects. Requests hold passwords: not even a broken one is logged. */
async function answerLine(
  line: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
  log: Log,
): Promise<string> {
  let result: ControlAnswer;
  try {
    result = await answer(JSON.parse(line) as ControlRequest);
  } catch (error) {
    log.error('a request on the control socket failed', {}, error);
    // Of faults of ours nobody learns more here: messages of such may hold what was asked.
    result = { ok: false, messages: [explainFailure(error) ?? 'the server failed; see its log'] };
  }
  return `${JSON.stringify(result)}\n`;
}
