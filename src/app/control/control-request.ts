import { ok } from '../../base/result.ts';
import { applyDocument } from '../../directory/document/apply-document.ts';
import { directoryDocumentSchema } from '../../directory/document/directory-document.ts';
import type { DirectoryDocumentInput } from '../../directory/document/directory-document.ts';
import { answerQuery } from '../../directory/answer-query.ts';
import type { DirectoryQuery } from '../../directory/answer-query.ts';
import type { DirectoryOperation } from '../../directory/decide-operation.ts';
import { ensureDkimKeys } from '../../directory/dkim/ensure-dkim-keys.ts';
import { nobody } from '../../directory/logins/login-attempt.ts';
import { loginFacts } from '../../directory/logins/login-facts.ts';
import type { LoginLog } from '../../directory/logins/login-log.ts';
import { getAccount } from '../../directory/operations/operation.ts';
import type { LiveDirectory } from '../../directory/live-directory.ts';

/** What an administrator can ask of a server, as plain data: the command line says it over the control socket. */
export type ControlRequest =
  | { readonly kind: 'edit'; readonly operation: DirectoryOperation }
  | { readonly kind: 'query'; readonly query: DirectoryQuery }
  | {
      readonly kind: 'apply';
      readonly document: DirectoryDocumentInput;
      readonly prune: boolean;
      readonly dryRun: boolean;
    }
  /** `account` `-`: logins that nobody has. */
  | { readonly kind: 'logins'; readonly account: string; readonly limit: number };

/** `messages`: one line for each thing that is in the way. */
export type ControlAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly messages: readonly string[] };

/** Does what is asked. The form of the parts is checked where they are used: they may come from another version. */
export async function answerControl(
  directory: LiveDirectory,
  request: ControlRequest,
  logins: LoginLog,
): Promise<ControlAnswer> {
  switch (request.kind) {
    case 'edit': {
      const done = await directory.editor.edit(request.operation);
      if (done.ok) await ensureDkimKeys(directory.editor);
      return done.ok ? { ok: true, value: null } : { ok: false, messages: [done.error.message] };
    }
    case 'query': {
      const facts = answerQuery(directory.view, request.query);
      return facts.ok ? facts : { ok: false, messages: [facts.error.message] };
    }
    case 'apply': {
      const document = directoryDocumentSchema.safeParse(request.document);
      if (!document.success) return { ok: false, messages: ['the document is not one that this version understands'] };
      const { prune, dryRun } = request;
      const done = await applyDocument(directory.editor, document.data, { prune, dryRun });
      if (done.ok) {
        if (!dryRun) await ensureDkimKeys(directory.editor);
        return { ok: true, value: done.value.lines };
      }
      return { ok: false, messages: done.error.map(({ message }) => message) };
    }
    case 'logins': {
      const { account, limit } = request;
      const record = account === nobody ? ok({ name: nobody }) : getAccount(directory.view, account);
      if (!record.ok) return { ok: false, messages: [record.error.message] };
      const rows = await logins.read(record.value.name, limit);
      return ok(rows.map((row) => loginFacts(directory.view, row)));
    }
    default:
      return { ok: false, messages: ['the server does not know this request; is it another version?'] };
  }
}
