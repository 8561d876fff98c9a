import { isIP } from 'node:net';
import type { DnsServer } from './server-address.ts';

/** What of /etc/resolv.conf matters to us. */
export interface ResolvConf {
  readonly servers: readonly DnsServer[];
  /** `options trust-ad`: the path to the servers is safe, so their AD bit may be believed. */
  readonly trustAd: boolean;
}

/** As many as the C library asks. */
const MAX_SERVERS = 3;

/** Reads the text of resolv.conf(5); without a server in it, the one on this machine. Search domains are never used. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: DnsServer[] = [];
  let trustAd = false;
  for (const line of text.split('\n', 1000)) {
    const [key, ...values] = line.trim().split(/\s+/);
    const [address = ''] = values;
    if (key === 'nameserver' && isIP(address) !== 0 && servers.length < MAX_SERVERS)
      servers.push({ address, port: 53 });
    else if (key === 'options' && values.includes('trust-ad')) trustAd = true;
  }
  return { servers: servers.length === 0 ? [{ address: '127.0.0.1', port: 53 }] : servers, trustAd };
}
