import { decodeSaslText, saslLimits } from './exchange.ts';
import type { SaslExchange, SaslMechanism } from './exchange.ts';

const EMPTY = new Uint8Array(0);

/** EXTERNAL: what TLS has proved already counts. RFC 4422 appendix A. */
export const external: SaslMechanism = {
  name: 'EXTERNAL',
  needs: 'client-certificate',
  start(): SaslExchange {
    return {
      next(response) {
        if (response === undefined) return { kind: 'challenge', octets: EMPTY };
        const authorizeAs = decodeSaslText(response, saslLimits.maxLoginBytes);
        return authorizeAs === undefined ? { kind: 'malformed' } : { kind: 'certificate', authorizeAs };
      },
    };
  },
};
