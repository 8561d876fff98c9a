import { fixedExchange } from './client-exchange.ts';
import type { SaslClientExchange } from './client-exchange.ts';

/** The TLS client certificate says who we are; an empty identity means "the one it stands for". RFC 4422 appendix A. */
export function clientExternal(authorizeAs = ''): SaslClientExchange {
  return fixedExchange('EXTERNAL', authorizeAs);
}
