import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { applyPlan } from '../../../core/promotion/apply.ts';
import { planPromotion } from '../../../core/promotion/plan.ts';
import { planRollback } from '../../../core/promotion/rollback.ts';
import { demoHost, eventually, parts } from './parts.ts';
import { tagRow } from './sidebar.ts';

const repository = 'acme/shop-api';

/** What the registry itself says, asked without any of our code. */
async function digestOf(tag: string): Promise<string | null> {
  const answer = await fetch(`http://${demoHost()}/v2/${repository}/manifests/${tag}`, { method: 'HEAD' });
  return answer.headers.get('docker-content-digest');
}

export const promotion = () =>
  describe('promotion', () => {
    it('moves the tag, as the registry and the sidebar confirm, and back', async () => {
      const { registries, ledger } = await parts();
      const registry = registries.at(demoHost());
      const [staging, prod] = [await digestOf('staging'), await digestOf('prod')];
      assert.notEqual(prod, staging);

      const plan = await planPromotion(registry, { repository, from: 'staging', to: 'prod' });
      assert.equal(await digestOf('prod'), prod, 'a plan writes nothing');
      assert.equal((await applyPlan(plan, registry, { ledger })).status, 'moved');
      assert.equal(await digestOf('prod'), staging);
      registries.changed(plan);
      await eventually(async () => {
        const { state } = await tagRow(repository, 'prod');
        return state.status === 'known' && state.digest === staging ? state : undefined;
      }, 'the new digest in the sidebar');

      const back = await planRollback(registry, { repository, tag: 'prod' }, ledger);
      assert.ok(back.status === 'planned');
      assert.equal((await applyPlan(back.plan, registry, { ledger })).status, 'moved');
      assert.equal(await digestOf('prod'), prod);
    });
  });
