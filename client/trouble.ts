import { LedgerError } from '../core/promotion/ledger.ts';
import { type AwsLogin, RegistryError } from '../core/registry/errors.ts';
import { explain } from '../core/registry/explain.ts';
import { printable } from '../core/text/printable.ts';

/** What the user can do about it, as the command that does it. */
export type Remedy = 'retry' | 'signIn' | 'trustRealm' | 'nameRepository' | 'awsLogin';

export interface Trouble {
  /** Sentences for people, on one line. */
  readonly message: string;
  readonly remedy: Remedy;
  /** With `trustRealm`: the token service that is asked about. */
  readonly realm?: string;
  /** With `awsLogin`: the session that is over. */
  readonly awsLogin?: AwsLogin;
}

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof RegistryError)) return { message: sentence(error), remedy: 'retry' };
  const message = plain(explain(error));
  if (error.code === 'UNAUTHORIZED' || error.code === 'DENIED') return { message, remedy: 'signIn' };
  if (error.code === 'SESSION_EXPIRED' && error.awsLogin) return { message, remedy: 'awsLogin', awsLogin: error.awsLogin };
  if (error.code === 'UNTRUSTED_REALM' && error.realm !== undefined) return { message, remedy: 'trustRealm', realm: error.realm };
  if (error.code === 'UNSUPPORTED' && error.subject === 'the catalog') return { message, remedy: 'nameRepository' };
  return { message, remedy: 'retry' };
}

/**
 * Text for notifications, rows and questions: they do not render Markdown's backticks, but a notification makes a link of
 * `[text](target)`, which may even be a command, and a registry's words are quoted there.
 */
export function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll('](', '] (');
}

/** Text for an item of a quick pick, which draws a symbol for `$(name)`. */
export function withoutSymbols(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

function sentence(error: unknown): string {
  if (error instanceof LedgerError) return plain(error.message);
  return error instanceof Error ? plain(printable(error.message)) : 'Something went wrong.';
}
