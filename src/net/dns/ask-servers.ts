import { randomInt } from 'node:crypto';
import { askByTcp, askByUdp } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { encodeQuestion } from './question.ts';
import type { QuestionType } from './question.ts';
import { readReply } from './read-reply.ts';
import type { Reply } from './read-reply.ts';
import type { DnsServer } from './server-address.ts';

export interface AskOptions {
  readonly servers: readonly DnsServer[];
  /** For one try at one server. */
  readonly tryMs: number;
  /** For all tries. */
  readonly deadlineMs: number;
  /** How often all servers are asked. */
  readonly rounds: number;
}

/** A reply, or why there is none. */
export type Asked = Reply | { readonly kind: 'timeout' };

/** Asks one server after the other until one knows; the last failure when none does. */
export async function askServers(options: AskOptions, name: string, type: QuestionType): Promise<Asked> {
  const deadline = performance.now() + options.deadlineMs;
  let last: Asked = { kind: 'timeout' };
  for (let round = 0; round < options.rounds; round++) {
    for (const server of options.servers) {
      const left = deadline - performance.now();
      if (left <= 0) return { kind: 'timeout' };
      last = await askServer(server, name, type, Math.min(left, options.tryMs * (round + 1)));
      if (last.kind === 'records' || last.kind === 'no-data' || last.kind === 'no-such-domain') return last;
    }
  }
  return last;
}

async function askServer(server: DnsServer, name: string, type: QuestionType, timeoutMs: number): Promise<Asked> {
  const started = performance.now();
  const query = encodeQuestion(randomInt(65_536), name, type);
  const first = read(await askByUdp(server, query, timeoutMs), name, type);
  if (first.kind !== 'truncated') return first;
  const left = timeoutMs - (performance.now() - started);
  if (left <= 0) return { kind: 'timeout' };
  const second = read(await askByTcp(server, query, left), name, type);
  return second.kind === 'truncated' ? { ...second, kind: 'malformed' } : second;
}

function read(exchange: Exchange, name: string, type: QuestionType): Asked {
  switch (exchange.kind) {
    case 'reply':
      return readReply(exchange.octets, name, type);
    case 'timeout':
      return exchange;
    case 'unreachable':
      return { kind: 'server-failure', records: [], authentic: false, ttlSeconds: 0, name };
    case 'not-ours':
      return { kind: 'truncated', records: [], authentic: false, ttlSeconds: 0, name };
  }
}
