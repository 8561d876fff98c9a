import type { ParamFault } from '../../wire/smtp/esmtp-params.ts';
import { badParameterValue, replies, unknownParameter } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';

/** The answer to parameters of MAIL or RCPT that cannot be. spec/protocols.md section 1.4. */
export function paramRefusal(fault: ParamFault): Reply {
  switch (fault.kind) {
    case 'malformed':
    case 'duplicate':
      return replies.badParameters;
    case 'unknown':
      return unknownParameter(fault.keyword);
    case 'bad-value':
      return badParameterValue(fault.keyword);
  }
}
