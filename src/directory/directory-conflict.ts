/** Why an edit of the directory was refused. `message` names what is in the way and what to do about it. */
export interface DirectoryConflict {
  readonly reason:
    | 'invalid'
    | 'unknown'
    | 'exists'
    | 'separator-in-local-part'
    | 'same-canonical-form'
    | 'catchall-taken'
    | 'reports-only-domain'
    | 'nested-alias'
    | 'in-use'
    | 'corrupt';
  readonly message: string;
}

/** The failed Result of a check. */
export function conflict(
  reason: DirectoryConflict['reason'],
  message: string,
): { readonly ok: false; readonly error: DirectoryConflict } {
  return { ok: false, error: { reason, message } };
}
