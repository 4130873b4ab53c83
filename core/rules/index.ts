import { cacheExportFatal } from './cache-export-fatal.ts';
import { cacheImageManifest } from './cache-image-manifest.ts';
import { cacheInImmutableRepository } from './cache-in-immutable-repository.ts';
import { cacheLocalLost } from './cache-local-lost.ts';
import { cacheModeMin } from './cache-mode-min.ts';
import { cacheNeedsBuilder } from './cache-needs-builder.ts';
import { cacheNotImported } from './cache-not-imported.ts';
import { cacheOptionUnknown } from './cache-option-unknown.ts';
import { cacheRefIsImage } from './cache-ref-is-image.ts';
import { cacheScopeCollision } from './cache-scope-collision.ts';
import { cacheSharedWithPullRequest } from './cache-shared-with-pull-request.ts';
import { deployMovingTag } from './deploy-moving-tag.ts';
import { digestDoubled } from './digest-doubled.ts';
import { digestTraceabilityLost } from './digest-traceability-lost.ts';
import { ecrExclusionCoversProtected } from './ecr-exclusion-covers-protected.ts';
import { ecrImmutableBlocksMovingTag } from './ecr-immutable-blocks-moving-tag.ts';
import { ecrLifecycleExpiresProtected } from './ecr-lifecycle-expires-protected.ts';
import { ecrLifecycleUntaggedMissing } from './ecr-lifecycle-untagged-missing.ts';
import { ecrPartialSettings } from './ecr-partial-settings.ts';
import { ecrRepositoryUnprotected } from './ecr-repository-unprotected.ts';
import { excessIdToken } from './excess-id-token.ts';
import { existsCheckFailsOpen } from './exists-check-fails-open.ts';
import { fileTooLarge } from './file-too-large.ts';
import { gateCannotFail } from './gate-cannot-fail.ts';
import { ignoreUnused } from './ignore-unused.ts';
import { ignoreWithoutReason } from './ignore-without-reason.ts';
import { implicitLatest } from './implicit-latest.ts';
import { invalidYaml } from './invalid-yaml.ts';
import { latestFromAnyTag } from './latest-from-any-tag.ts';
import { latestMovedByFlavor } from './latest-moved-by-flavor.ts';
import { loginMissing } from './login-missing.ts';
import { manifestOfIndex } from './manifest-of-index.ts';
import { matrixSameTag } from './matrix-same-tag.ts';
import { mergeBaseUnfetched } from './merge-base-unfetched.ts';
import { movingTagCancelled } from './moving-tag-cancelled.ts';
import { movingTagRace } from './moving-tag-race.ts';
import { packagesPermission } from './packages-permission.ts';
import { passwordOnCommandLine } from './password-on-command-line.ts';
import { pipefailHead } from './pipefail-head.ts';
import { platformSingle } from './platform-single.ts';
import { policyInvalid } from './policy-invalid.ts';
import { prInputInShell } from './pr-input-in-shell.ts';
import { prInputUnvalidated } from './pr-input-unvalidated.ts';
import { prLabelGateSticky } from './pr-label-gate-sticky.ts';
import { prMutableCheckout } from './pr-mutable-checkout.ts';
import { prPreviewNeverRemoved } from './pr-preview-never-removed.ts';
import { prPreviewNotCancelled } from './pr-preview-not-cancelled.ts';
import { prSecretUnavailable } from './pr-secret-unavailable.ts';
import { prTagInjection } from './pr-tag-injection.ts';
import { prWeakValidation } from './pr-weak-validation.ts';
import { prWritesProtectedTag } from './pr-writes-protected-tag.ts';
import { promoteByTag } from './promote-by-tag.ts';
import { promoteChangesDigest } from './promote-changes-digest.ts';
import { promoteLosesPlatforms } from './promote-loses-platforms.ts';
import { promoteNoTrail } from './promote-no-trail.ts';
import { promoteNotReadBack } from './promote-not-read-back.ts';
import { promoteRebuilds } from './promote-rebuilds.ts';
import { promoteUnconfirmed } from './promote-unconfirmed.ts';
import { promoteUnserialized } from './promote-unserialized.ts';
import { promoteUnverified } from './promote-unverified.ts';
import { pullMovingTag } from './pull-moving-tag.ts';
import { pushFailureHidden } from './push-failure-hidden.ts';
import { pushNeverHappens } from './push-never-happens.ts';
import { pushWithoutImmutableTag } from './push-without-immutable-tag.ts';
import { registryApiUnauthenticated } from './registry-api-unauthenticated.ts';
import { retentionDeletesDeployed } from './retention-deletes-deployed.ts';
import { rollbackGoesForward } from './rollback-goes-forward.ts';
import { rollbackMissing } from './rollback-missing.ts';
import type { Rule } from './rule.ts';
import { secretInBuildArg } from './secret-in-build-arg.ts';
import { secretInBuildContext } from './secret-in-build-context.ts';
import { secretInShell } from './secret-in-shell.ts';
import { shellOutputUnquoted } from './shell-output-unquoted.ts';
import { silentFallbackTag } from './silent-fallback-tag.ts';
import { tagClaimsOtherCommit } from './tag-claims-other-commit.ts';
import { tagInvalid } from './tag-invalid.ts';
import { tagMergeCommit } from './tag-merge-commit.ts';
import { tagNamespaceEscape } from './tag-namespace-escape.ts';
import { tagNeverProduced } from './tag-never-produced.ts';
import { tagPartEmpty } from './tag-part-empty.ts';
import { tagShapeMismatch } from './tag-shape-mismatch.ts';
import { tagShortShaCollision } from './tag-short-sha-collision.ts';
import { verifyWeakIdentity } from './verify-weak-identity.ts';
import { verifyWrongSubject } from './verify-wrong-subject.ts';

/** What the rules of a section are about, and the rules. */
export interface Section {
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** Every rule, by section: the order of docs/rules.md. */
export const catalogue: readonly Section[] = [
  {
    title: 'About the file',
    rules: [invalidYaml, fileTooLarge, ignoreWithoutReason, ignoreUnused, policyInvalid],
  },
  {
    title: 'Cache',
    rules: [
      cacheImageManifest,
      cacheExportFatal,
      cacheRefIsImage,
      cacheNotImported,
      cacheLocalLost,
      cacheModeMin,
      cacheScopeCollision,
      cacheOptionUnknown,
      cacheNeedsBuilder,
      cacheSharedWithPullRequest,
      secretInBuildArg,
      secretInBuildContext,
      cacheInImmutableRepository,
    ],
  },
  {
    title: 'Tags',
    rules: [
      deployMovingTag,
      pullMovingTag,
      implicitLatest,
      pushWithoutImmutableTag,
      movingTagRace,
      movingTagCancelled,
      tagNeverProduced,
      tagShapeMismatch,
      tagClaimsOtherCommit,
      tagNamespaceEscape,
      latestFromAnyTag,
      matrixSameTag,
      tagPartEmpty,
      existsCheckFailsOpen,
      pushNeverHappens,
      tagInvalid,
      tagMergeCommit,
      tagShortShaCollision,
      latestMovedByFlavor,
      silentFallbackTag,
      mergeBaseUnfetched,
      digestTraceabilityLost,
      platformSingle,
    ],
  },
  {
    title: 'Pull requests',
    rules: [
      prInputInShell,
      prTagInjection,
      prInputUnvalidated,
      prWeakValidation,
      prWritesProtectedTag,
      prMutableCheckout,
      prLabelGateSticky,
      prSecretUnavailable,
      prPreviewNotCancelled,
      prPreviewNeverRemoved,
    ],
  },
  {
    title: 'Promotion and rollback',
    rules: [
      promoteRebuilds,
      promoteByTag,
      promoteLosesPlatforms,
      promoteChangesDigest,
      manifestOfIndex,
      digestDoubled,
      gateCannotFail,
      promoteUnverified,
      verifyWeakIdentity,
      verifyWrongSubject,
      promoteUnserialized,
      promoteUnconfirmed,
      promoteNotReadBack,
      promoteNoTrail,
      rollbackGoesForward,
      rollbackMissing,
      excessIdToken,
    ],
  },
  {
    title: 'Registry access and shell',
    rules: [
      loginMissing,
      packagesPermission,
      passwordOnCommandLine,
      secretInShell,
      registryApiUnauthenticated,
      pipefailHead,
      pushFailureHidden,
      shellOutputUnquoted,
    ],
  },
  {
    title: 'Amazon ECR',
    rules: [
      ecrRepositoryUnprotected,
      ecrImmutableBlocksMovingTag,
      ecrExclusionCoversProtected,
      ecrLifecycleExpiresProtected,
      ecrLifecycleUntaggedMissing,
      retentionDeletesDeployed,
      ecrPartialSettings,
    ],
  },
];

/** Every rule, in the order of the catalogue. */
export const rules: readonly Rule[] = catalogue.flatMap(section => section.rules);
