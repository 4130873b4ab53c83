import { display, literal } from '../image/template.ts';
import { identityRegExp } from '../policy/signers.ts';
import type { Item, Signer, Verify } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { hiddenCheck } from './shared/hiddenCheck.ts';
import { placesOf, type Weakness, weaknessOf } from './shared/signerIdentity.ts';

/** A valid signature only says that somebody signed. */
export const verifyWeakIdentity: Rule = {
  id: 'verify-weak-identity',
  title: 'A signature of somebody else passes the check',
  severity: 'error',
  fixable: true,
  visit: {
    verify(verify, context) {
      if (hiddenCheck(verify, context)) reportHidden(verify, context);
      const { signer, tool } = verify;
      if (!signer || signer.key || signer.open) return;
      if (tool.startsWith('gh ')) checkOwner(verify, signer, context);
      else checkCertificate(verify, signer, context);
    },
  },
};

function reportHidden({ at, reference, tool }: Verify, context: RuleContext): void {
  say(context, {
    at,
    message: `\`${tool}\` checks who signed \`${display(reference.template)}\`, and its answer is thrown away: an image that nobody signed goes on just so. Let the failure end the step.`,
  });
}

function checkCertificate(verify: Verify, signer: Signer, context: RuleContext): void {
  const { identity, identityPattern, issuer, issuerPattern } = signer;
  const place = identityPattern ?? identity;
  if (!place || !(issuer ?? issuerPattern)) {
    const what = place ? 'issuer' : issuer || issuerPattern ? 'identity' : 'identity and no issuer';
    say(context, {
      at: verify.at,
      message: `This asks for no ${what}: cosign 1 is content with ${place ? 'a certificate of any issuer' : 'a signature of anybody in the world'}, and later versions refuse to verify at all. Give \`--certificate-identity\` and \`--certificate-oidc-issuer\`, each as a whole.`,
    });
    return;
  }
  const from = issuerPattern ?? issuer;
  const known = from && literal(from.template);
  const places = known === undefined ? undefined : placesOf(known, issuerPattern !== undefined);
  if (places === 'any') {
    say(context, {
      at: issuerPattern?.span ?? verify.at,
      message: `\`${known}\` lets every issuer in: whoever gets a certificate with such an identity from any of them passes. Name the issuer as a whole: \`--certificate-oidc-issuer https://token.actions.githubusercontent.com\`.`,
    });
  }
  if (!identityPattern || isOfPolicy(identityPattern, context)) return;
  const judged = places === 'any' ? (['github', 'gitlab', 'mail'] as const) : places;
  const found = weaknessOf(identityPattern.template, judged);
  if (found) reportPattern(verify, identityPattern, signer, found, context);
}

const strangers: ReadonlySet<Weakness['kind']> = new Set(['anybody', 'everyOwner', 'owner', 'domain', 'anywhere']);

function reportPattern(verify: Verify, item: Item, { repository }: Signer, found: Weakness, context: RuleContext): void {
  const { kind } = found;
  const isStranger = strangers.has(kind);
  // The repository of the run is asked for beside the identity.
  if (repository && !isStranger) return;
  const fix = policyFix(verify, item, context);
  say(context, {
    at: item.span,
    ...((!isStranger || repository) && { severity: 'info' as const }),
    message:
      repository && isStranger
        ? `Any workflow that a run of \`${display(repository.template)}\` uses may have signed.`
        : words(item, found),
    ...(fix && { fix }),
  });
}

function words(item: Item, { kind, accepted }: Weakness): string {
  const pattern = `\`${display(item.template)}\``;
  switch (kind) {
    case 'anybody':
      return `${pattern} accepts every identity: anybody can sign an image so that it passes, from a workflow of their own. Write out who signs, up to the branch or tag.`;
    case 'everyOwner':
      return `${pattern} names no owner: it accepts \`${accepted}\` just as well, and so a workflow of anybody on GitHub. Name the repository that builds the image: \`^https://github.com/acme/web/\`.`;
    case 'owner':
      return `${pattern} also accepts \`${accepted}\`, and that name is anybody’s to take. A pattern may match any part of the identity: end the owner with \`/\`.`;
    case 'domain':
      return `${pattern} also accepts \`${accepted}\`, and that domain is anybody’s to take. A pattern may match any part of the identity: end it with \`$\`.`;
    case 'anywhere':
      return `${pattern} may stand anywhere in an identity, and so it accepts \`${accepted}\`: a branch or a repository of anybody’s. Begin it with \`^https://github.com/\`.`;
    case 'repository':
      return `${pattern} names an owner and none of its repositories: it accepts \`${accepted}\` just as well, so each of their workflows may sign.`;
    case 'mailbox':
      return `${pattern} names nobody in particular: it accepts \`${accepted}\` just as well.`;
    case 'workflow':
      return `${pattern} names a repository and none of its workflows: it accepts \`${accepted}\` just as well, so each of them may sign, on any branch.`;
    case 'branch':
      return `${pattern} is open at its end: it accepts \`${accepted}\` just as well, so whoever may push a branch may change the workflow there and sign.`;
  }
}

/** `gh attestation verify` knows GitHub's issuer and asks for an owner or a repository itself. */
function checkOwner(verify: Verify, { owner, repository, identity, identityPattern }: Signer, context: RuleContext): void {
  if (!owner || repository || identity || identityPattern) return;
  say(context, {
    at: owner.span,
    severity: 'info',
    message: `Any repository of \`${display(owner.template)}\` may have made the attestation: \`--repo\` asks for the one that builds \`${display(verify.reference.template)}\`.`,
  });
}

/** The pattern is the one that the policy file asks for. */
function isOfPolicy(item: Item, context: RuleContext): boolean {
  const written = literal(item.template);
  return written !== undefined && wanted(context).some(identity => plain(written) === plain(identity));
}

function wanted({ workspace }: RuleContext): readonly string[] {
  const signatures = workspace.policy.environments.flatMap(({ signatures: all }) => all);
  return [...new Set(signatures.flatMap(one => (one.kind === 'keyless' ? [identityRegExp(one.identity)] : [])))];
}

/** Without anchors, escapes and an open end. */
function plain(pattern: string): string {
  return pattern.replace(/^\^|\\|\$$/g, '').replace(/(?:\.\*|\[\^\/\]\*)$/, '');
}

/** The one identity that the policy file asks for, in quotes that keep it as it is; none for a word that is made of several. */
function policyFix({ step }: Verify, { span }: Item, context: RuleContext): Problem['fix'] | undefined {
  const [only, ...others] = wanted(context);
  const written = context.text.slice(span.start, span.end);
  if (!only || others.length > 0 || only.includes("'") || !step.run || step.run.style.startsWith('QUOTE')) return undefined;
  if (!/^(?:'[^']*'|"[^"]*"|[^\s'"]+)$/.test(written)) return undefined;
  return { title: 'Ask for the identity that the policy names', safe: false, edits: [{ span, text: `'${only}'` }] };
}

function say(context: RuleContext, problem: Problem): void {
  if (!isSaidAlready(context, problem.at)) context.report(problem);
}
