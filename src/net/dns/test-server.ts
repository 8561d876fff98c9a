import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { decode, encode } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import type { DnsServer } from './server-address.ts';

/** What a test wants to be answered. Several are several packets. */
export interface Told {
  readonly rcode?: number;
  readonly authentic?: boolean;
  readonly truncated?: boolean;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly idOffset?: number;
  readonly question?: string;
  readonly garbage?: Buffer;
}

export interface TestDnsServer {
  readonly server: DnsServer;
  /** `udp TYPE NAME` of each query. */
  readonly asked: string[];
  close(): Promise<void>;
}

type Tell = (question: string, transport: 'udp' | 'tcp', query: DecodedPacket) => readonly Told[];

/** A DNS server on a free port of 127.0.0.1 that says what it is told. For tests only. */
export async function startTestDns(tell: Tell): Promise<TestDnsServer> {
  const asked: string[] = [];
  const replies = (octets: Buffer, transport: 'udp' | 'tcp'): Buffer[] => {
    const query = decode(octets);
    const [question] = query.questions ?? [];
    const text = `${question?.type ?? ''} ${question?.name ?? ''}`;
    asked.push(`${transport} ${text}`);
    return tell(text, transport, query).map((told) => print(query, told));
  };
  const tcp = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const reply of replies(chunk.subarray(2), 'tcp')) {
        const head = Buffer.alloc(2);
        head.writeUInt16BE(reply.length);
        // In two pieces, as networks do.
        socket.write(Buffer.concat([head, reply.subarray(0, 3)]));
        setTimeout(() => socket.write(reply.subarray(3)), 5);
      }
    });
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', (octets, from) => {
    for (const reply of replies(octets, 'udp')) udp.send(reply, from.port, from.address);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  return {
    server: { address: '127.0.0.1', port },
    asked,
    async close() {
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

function print(query: DecodedPacket, told: Told): Buffer {
  if (told.garbage !== undefined) return told.garbage;
  const flags =
    0x0180 | (told.authentic === true ? 0x20 : 0) | (told.truncated === true ? 0x0200 : 0) | (told.rcode ?? 0);
  const [question] = query.questions ?? [];
  const name = told.question ?? question?.name.toUpperCase() ?? '';
  return encode({
    type: 'response',
    id: ((query.id ?? 0) + (told.idOffset ?? 0)) & 0xffff,
    flags,
    questions: [{ type: question?.type ?? 'A', name, class: 'IN' }],
    answers: [...(told.answers ?? [])],
    authorities: [...(told.authorities ?? [])],
  });
}
