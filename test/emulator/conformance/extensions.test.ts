import {
  CreateExtensionAssociationCommand,
  type CreateExtensionAssociationCommandInput,
  CreateExtensionCommand,
  type CreateExtensionCommandInput,
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteEnvironmentCommand,
  DeleteExtensionAssociationCommand,
  DeleteExtensionCommand,
  GetExtensionAssociationCommand,
  GetExtensionCommand,
  ListExtensionAssociationsCommand,
  ListExtensionsCommand,
  ListTagsForResourceCommand,
  UpdateExtensionAssociationCommand,
  UpdateExtensionCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, localFact, message, type Subject } from './subject.ts';

const action = (subject: Subject) => ({
  Name: 'note',
  Uri: `arn:aws:sns:${subject.region}:${subject.account}:deployments`,
  RoleArn: `arn:aws:iam::${subject.account}:role/extensions`,
});

function setUp(subject: Subject) {
  const Name = subject.name();
  const Actions = { ON_DEPLOYMENT_COMPLETE: [action(subject)] };
  const create = (more: Partial<CreateExtensionCommandInput> = {}) =>
    new CreateExtensionCommand({ Name, Actions, ...more });
  return { Name, Actions, create };
}

const Parameters = { fixed: { Required: true }, dynamic: { Dynamic: true } };

async function setUpAssociations(subject: Subject) {
  const { create } = setUp(subject);
  const extension = await subject.send(create({ Parameters }));
  const ApplicationId = await subject.application();
  const ResourceIdentifier = subject.arn(`application/${ApplicationId}`);
  const associate = (more: Partial<CreateExtensionAssociationCommandInput> = {}) =>
    new CreateExtensionAssociationCommand({ ExtensionIdentifier: extension.Id, ResourceIdentifier, ...more });
  return { extension, ApplicationId, ResourceIdentifier, associate };
}

describe('extensions', () => {
  fact('begin with version 1, and have the version number in their ARN (N)', async (subject) => {
    const { create, Actions, Name } = setUp(subject);
    const response = await subject.wire(create());
    expect(response.status).toBe(201);
    const { Id } = response.json;
    expect(Id).toMatch(/^[a-z0-9]{7}$/);
    expect(response.json).toEqual({ Id, Name, VersionNumber: 1, Arn: subject.arn(`extension/${Id}/1`), Actions });
  });

  fact('fill in omitted members of a parameter (N)', async (subject) => {
    const { create } = setUp(subject);
    const { Parameters: shown } = await subject.send(create({ Parameters }));
    expect(shown?.fixed).toEqual({ Required: true, Dynamic: false });
    expect(shown?.dynamic).toEqual({ Required: false, Dynamic: true });
  });

  fact('are returned unchanged when they are created again (N)', async (subject) => {
    const { create } = setUp(subject);
    const first = await subject.send(create({ Parameters }));
    const again = await subject.send(create({ Parameters }));
    expect(again.$metadata.httpStatusCode).toBe(201);
    expect([again.Id, again.VersionNumber]).toEqual([first.Id, 1]);
  });

  fact('return an empty description, also when they are created again (C)', async (subject) => {
    const { create } = setUp(subject);
    for (const _time of [1, 2]) {
      expect((await subject.wire(create({ Description: '' }))).json.Description).toBe('');
    }
  });

  fact('with a name in use need the latest version number (N)', async (subject) => {
    const { create, Name } = setUp(subject);
    await subject.send(create());
    expect(await subject.failure(create({ Description: 'other' }))).toEqual(
      message(`LatestVersionNumber not populated and an extension with name ${Name} already exists.`),
    );
  });

  fact('get a next version with the latest version number (N)', async (subject) => {
    const { create } = setUp(subject);
    const first = await subject.send(create());
    const next = await subject.send(create({ Description: 'other', LatestVersionNumber: 1 }));
    expect([next.Id, next.VersionNumber]).toEqual([first.Id, 2]);
    expect(next.Arn).toBe(subject.arn(`extension/${first.Id}/2`));
  });

  fact('refuse a latest version number that is stale (N)', async (subject) => {
    const { create } = setUp(subject);
    await subject.send(create());
    await subject.send(create({ Description: 'second', LatestVersionNumber: 1 }));
    expect(await subject.failure(create({ Description: 'third', LatestVersionNumber: 1 }))).toEqual({
      name: 'ConflictException',
      status: 409,
      message: 'LatestVersionNumber supplied in request 1 does not match latest version 2.',
    });
  });

  fact('have no parameter that is both required and dynamic (N)', async (subject) => {
    const { create } = setUp(subject);
    const wrong = create({ Parameters: { both: { Required: true, Dynamic: true } } });
    expect(await subject.failure(wrong)).toEqual(
      message('Extension parameters both can not be both required and dynamic'),
    );
  });

  fact('are changed in place, each version by itself (N)', async (subject) => {
    const { create } = setUp(subject);
    const { Id: ExtensionIdentifier } = await subject.send(create());
    await subject.send(create({ Description: 'second', LatestVersionNumber: 1 }));
    const changed = await subject.send(
      new UpdateExtensionCommand({ ExtensionIdentifier, VersionNumber: 1, Description: 'updated' }),
    );
    expect([changed.VersionNumber, changed.Description]).toEqual([1, 'updated']);
    const second = await subject.send(new GetExtensionCommand({ ExtensionIdentifier, VersionNumber: 2 }));
    expect(second.Description).toBe('second');
  });

  fact('are found by id, name and ARN; the newest version by default (M)', async (subject) => {
    const { create, Name } = setUp(subject);
    const { Id, Arn } = await subject.send(create());
    await subject.send(create({ Description: 'second', LatestVersionNumber: 1 }));
    const get = async (ExtensionIdentifier: string | undefined, VersionNumber?: number) =>
      (await subject.send(new GetExtensionCommand({ ExtensionIdentifier, VersionNumber }))).VersionNumber;
    expect(await get(Id)).toBe(2);
    expect(await get(Name)).toBe(2);
    expect(await get(Arn)).toBe(1);
    expect(await get(Id, 1)).toBe(1);
  });

  fact('that do not exist are not named in the error (N)', async (subject) => {
    const { create, Name } = setUp(subject);
    const { Arn } = await subject.send(create());
    const missing = {
      name: 'ResourceNotFoundException',
      status: 404,
      message: `Extension could not be found for account ${subject.account}.`,
    };
    for (const ExtensionIdentifier of ['zzzzzzz', `${Name}x`, subject.arn('extension/zzzzzzz/1')]) {
      expect(await subject.failure(new GetExtensionCommand({ ExtensionIdentifier }))).toEqual(missing);
      expect(await subject.failure(new UpdateExtensionCommand({ ExtensionIdentifier }))).toEqual(missing);
    }
    expect(await subject.failure(new GetExtensionCommand({ ExtensionIdentifier: Arn, VersionNumber: 9 }))).toEqual(
      missing,
    );
  });

  fact('are updated by id, name and ARN: the version of the number, of the ARN, or the newest (M)', async (subject) => {
    const { create, Name } = setUp(subject);
    const { Id, Arn } = await subject.send(create());
    await subject.send(create({ Description: 'second', LatestVersionNumber: 1 }));
    const update = async (ExtensionIdentifier: string | undefined, VersionNumber?: number) =>
      (await subject.send(new UpdateExtensionCommand({ ExtensionIdentifier, VersionNumber, Description: 'new' })))
        .VersionNumber;
    expect(await update(Id)).toBe(2);
    expect(await update(Name)).toBe(2);
    expect(await update(Arn)).toBe(1);
    expect(await update(Name, 1)).toBe(1);
  });

  fact('keep at least one action when they are updated (N)', async (subject) => {
    const { Id: ExtensionIdentifier } = await subject.send(setUp(subject).create());
    expect(await subject.failure(new UpdateExtensionCommand({ ExtensionIdentifier, Actions: {} }))).toEqual(
      message(
        "1 validation error detected: Value '{}' at 'actions' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ),
    );
  });

  fact('are listed once, as summaries of their newest version (N)', async (subject) => {
    const { create, Name } = setUp(subject);
    const { Id } = await subject.send(create());
    await subject.send(create({ Actions: { PRE_START_DEPLOYMENT: [action(subject)] }, LatestVersionNumber: 1 }));
    const { json } = await subject.wire(new ListExtensionsCommand({ Name }));
    expect(json).toEqual({ Items: [{ Id, Name, VersionNumber: 2, Arn: subject.arn(`extension/${Id}/2`) }] });
  });

  fact('have at most one action per action point, and only known action points (M)', async (subject) => {
    const { create } = setUp(subject);
    const two = { ON_DEPLOYMENT_START: [action(subject), action(subject)] };
    expect((await subject.failure(create({ Actions: two }))).status).toBe(400);
    const unknown = { ON_MONDAY: [action(subject)] } as never;
    expect((await subject.failure(create({ Actions: unknown }))).status).toBe(400);
  });

  fact('are deleted version by version (M)', async (subject) => {
    const { create } = setUp(subject);
    const { Id: ExtensionIdentifier } = await subject.send(create());
    await subject.send(create({ Description: 'second', LatestVersionNumber: 1 }));
    const response = await subject.wire(new DeleteExtensionCommand({ ExtensionIdentifier, VersionNumber: 2 }));
    expect([response.status, response.text]).toEqual([204, '']);
    expect((await subject.send(new GetExtensionCommand({ ExtensionIdentifier }))).VersionNumber).toBe(1);
    await subject.send(new DeleteExtensionCommand({ ExtensionIdentifier, VersionNumber: 1 }));
    expect((await subject.failure(new GetExtensionCommand({ ExtensionIdentifier }))).status).toBe(404);
  });

  fact('accept tags on creation (M)', async (subject) => {
    const { create } = setUp(subject);
    const { Arn: ResourceArn } = await subject.send(create({ Tags: { team: 'web' } }));
    expect((await subject.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual({ team: 'web' });
  });

  localFact(
    'are limited in number (M)',
    'settings',
    async (local) => {
      await local.send(setUp(local).create());
      expect(await local.failure(setUp(local).create())).toMatchObject({
        name: 'ServiceQuotaExceededException',
        status: 402,
      });
    },
    { quotas: { extensions: 1 } },
  );
});

describe('extension associations', () => {
  fact('name the version of the extension, and have an ARN of their own (N)', async (subject) => {
    const { extension, ResourceIdentifier, associate } = await setUpAssociations(subject);
    const response = await subject.wire(associate({ Parameters: { fixed: 'one' } }));
    expect(response.status).toBe(201);
    const { Id } = response.json;
    expect(response.json).toEqual({
      Id,
      ExtensionArn: extension.Arn,
      ResourceArn: ResourceIdentifier,
      Arn: subject.arn(`extensionassociation/${Id}`),
      Parameters: { fixed: 'one' },
      ExtensionVersionNumber: 1,
    });
  });

  fact('are of the newest version by default, and omit parameters if they have none (N)', async (subject) => {
    const { create } = setUp(subject);
    const { Id: ExtensionIdentifier } = await subject.send(create({ Parameters }));
    await subject.send(create({ LatestVersionNumber: 1 }));
    const ResourceIdentifier = subject.arn(`application/${await subject.application()}`);
    const command = new CreateExtensionAssociationCommand({ ExtensionIdentifier, ResourceIdentifier });
    const { json } = await subject.wire(command);
    expect(json.ExtensionVersionNumber).toBe(2);
    expect(json).not.toHaveProperty('Parameters');
  });

  fact('may exist twice (N)', async (subject) => {
    const { associate } = await setUpAssociations(subject);
    const one = await subject.send(associate({ Parameters: { fixed: 'one' } }));
    const two = await subject.send(associate({ Parameters: { fixed: 'one' } }));
    expect(two.Id).not.toBe(one.Id);
  });

  fact('need the required parameters: none given (N)', async (subject) => {
    const { extension, associate } = await setUpAssociations(subject);
    expect(await subject.failure(associate())).toEqual(
      message(`Extension ${extension.Name} version 1 has required parameters, but no parameters have been supplied`),
    );
  });

  fact('get new parameters that replace all old ones and must include the required ones (N)', async (subject) => {
    const { extension, associate } = await setUpAssociations(subject);
    const { Id } = await subject.send(associate({ Parameters: { fixed: 'one', dynamic: 'x' } }));
    const update = (given: Record<string, string>) =>
      new UpdateExtensionAssociationCommand({ ExtensionAssociationId: Id, Parameters: given });
    expect(await subject.failure(update({ dynamic: 'second' }))).toEqual(
      message(
        `Parameter fixed  is required for extension ${extension.Id} version 1, but a value has not been supplied.`,
      ),
    );
    expect((await subject.send(update({ fixed: 'two' }))).Parameters).toEqual({ fixed: 'two' });
  });

  fact('block the deletion of their version of an extension, and the error counts them (N)', async (subject) => {
    const { extension, associate } = await setUpAssociations(subject);
    await subject.send(associate({ Parameters: { fixed: 'one' } }));
    await subject.send(associate({ Parameters: { fixed: 'two' } }));
    const remove = new DeleteExtensionCommand({ ExtensionIdentifier: extension.Id, VersionNumber: 1 });
    expect(await subject.failure(remove)).toEqual(
      message(
        `Cannot delete extension ${extension.Id}, version 1, for account ${subject.account}, as there are 2 associations of the extension still existing.`,
      ),
    );
  });

  fact('are listed as summaries, optionally by resource, extension and version (M)', async (subject) => {
    const { extension, ResourceIdentifier, associate } = await setUpAssociations(subject);
    const { Id } = await subject.send(associate({ Parameters: { fixed: 'one' } }));
    const { json } = await subject.wire(new ListExtensionAssociationsCommand({ ResourceIdentifier }));
    expect(json.Items).toEqual([{ Id, ExtensionArn: extension.Arn, ResourceArn: ResourceIdentifier }]);
    const list = async (ExtensionVersionNumber: number) =>
      (
        await subject.send(
          new ListExtensionAssociationsCommand({ ExtensionIdentifier: extension.Id, ExtensionVersionNumber }),
        )
      ).Items?.length;
    expect(await list(1)).toBe(1);
    expect(await list(2)).toBe(0);
  });

  fact('are read and deleted by id (M)', async (subject) => {
    const { associate } = await setUpAssociations(subject);
    const { Id: ExtensionAssociationId } = await subject.send(associate({ Parameters: { fixed: 'one' } }));
    const get = new GetExtensionAssociationCommand({ ExtensionAssociationId });
    expect((await subject.send(get)).Parameters).toEqual({ fixed: 'one' });
    const removed = await subject.wire(new DeleteExtensionAssociationCommand({ ExtensionAssociationId }));
    expect(removed.status).toBe(204);
    expect((await subject.failure(get)).status).toBe(404);
  });

  fact('need an existing resource and an existing extension (M)', async (subject) => {
    const { associate } = await setUpAssociations(subject);
    const nowhere = subject.arn('application/zzzzzzz');
    const wrong = associate({ ResourceIdentifier: nowhere, Parameters: { fixed: 'one' } });
    expect((await subject.failure(wrong)).status).toBe(404);
    expect((await subject.failure(associate({ ExtensionIdentifier: 'zzzzzzz' }))).status).toBe(404);
  });

  fact('block the deletion of an application, before the resources in it do (N)', async (subject) => {
    const { ApplicationId, ResourceIdentifier, associate } = await setUpAssociations(subject);
    await subject.environment(ApplicationId);
    await subject.send(associate({ Parameters: { fixed: 'one' } }));
    expect(await subject.failure(new DeleteApplicationCommand({ ApplicationId }))).toEqual(
      message(
        `Cannot delete application ${ResourceIdentifier} because there are extensions associated with it. Please remove the extension associations to this application first.`,
      ),
    );
  });

  fact('block the deletion of an environment (N)', async (subject) => {
    const { ApplicationId, associate } = await setUpAssociations(subject);
    const ids = await subject.environment(ApplicationId);
    const arn = subject.arn(`application/${ApplicationId}/environment/${ids.EnvironmentId}`);
    await subject.send(associate({ ResourceIdentifier: arn, Parameters: { fixed: 'one' } }));
    expect(await subject.failure(new DeleteEnvironmentCommand(ids))).toEqual(
      message(
        `Cannot delete environment ${arn} because there are extensions associated with it. Please remove the extension associations to this environment first.`,
      ),
    );
  });

  fact('block the deletion of a configuration profile (N)', async (subject) => {
    const { ApplicationId, associate } = await setUpAssociations(subject);
    const ids = await subject.profile(ApplicationId);
    const arn = subject.arn(`application/${ApplicationId}/configurationprofile/${ids.ConfigurationProfileId}`);
    await subject.send(associate({ ResourceIdentifier: arn, Parameters: { fixed: 'one' } }));
    expect(await subject.failure(new DeleteConfigurationProfileCommand(ids))).toEqual(
      message(
        `Cannot delete configuration profile ${arn} because there are extensions associated with it. Please remove the extension associations to this configuration profile first.`,
      ),
    );
  });
});
