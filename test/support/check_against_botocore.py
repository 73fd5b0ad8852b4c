"""Checks recorded responses against botocore's models of AppConfig: statuses, members, types, enums and error shapes.

Reads a JSON list of {method, path, status, headers, body (base64)} from the standard input, prints a JSON object with problems and counts.
"""
import base64
import json
import re
import sys

import botocore.session
from botocore.parsers import create_parser

# AWS sends these states, which the models spell differently.
STATES = {'ReadyForDeployment', 'Deploying', 'RollingBack', 'RolledBack', 'Reverted'}

session = botocore.session.get_session()
models = [session.get_service_model(name) for name in ('appconfigdata', 'appconfig')]


def pattern(uri):
    path = uri.split('?')[0]
    return re.compile('^' + re.sub(r'\\\{[^}]+\\\}', '(?:[^/]+|arn.+)', re.escape(path)) + '/?$')


operations = []
for model in models:
    for name in model.operation_names:
        operation = model.operation_model(name)
        operations.append((operation.http['method'], pattern(operation.http['requestUri']), model, operation))


def problems_in(shape, value, where):
    if shape.type_name == 'structure':
        if not isinstance(value, dict):
            return [f'{where} is not a structure']
        unknown = [name for name in value if name not in shape.members and (shape.name, name) not in NEWER]
        found = [f'{where}.{name} is not in {shape.name}' for name in unknown]
        for name, member in shape.members.items():
            if name in value:
                found += problems_in(member, value[name], f'{where}.{name}')
        return found
    if shape.type_name == 'list':
        if not isinstance(value, list):
            return [f'{where} is not a list']
        return [c for n, each in enumerate(value) for c in problems_in(shape.member, each, f'{where}[{n}]')]
    if shape.type_name == 'map':
        if not isinstance(value, dict):
            return [f'{where} is not a map']
        return [c for key, each in value.items() for c in problems_in(shape.value, each, f'{where}.{key}')]
    kinds = {'string': str, 'integer': int, 'long': int, 'float': (int, float), 'double': (int, float), 'boolean': bool}
    kind = kinds.get(shape.type_name)
    if shape.type_name == 'timestamp':
        good = isinstance(value, str) and re.match(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$', value)
        return [] if good else [f'{where} is not a timestamp: {value!r}']
    if kind is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        return [f'{where} is not a {shape.type_name}: {value!r}']
    enum = getattr(shape, 'enum', None)
    if enum and value not in enum and not (shape.name == 'EnvironmentState' and value in STATES):
        return [f'{where} is not one of {enum}: {value!r}']
    return []


# Members that only newer models have.
NEWER = {('AccountSettings', 'VendedMetrics'), ('DeploymentSummary', 'ConfigurationProfileId'), ('DeploymentSummary', 'Type')}


def check(model, operation, record):
    status, headers = record['status'], record['headers']
    body = base64.b64decode(record['body'])
    where = f"{operation.name} {status}"
    if status >= 300:
        name = headers.get('x-amzn-errortype', '').rstrip(':')
        common = {'InternalServerException', 'ThrottlingException', 'AccessDeniedException', 'ExpiredTokenException'}
        modelled = {shape.name for shape in operation.error_shapes}
        found = [] if name in modelled | common else [f'{where}: {name} is not among its errors']
        shapes = [shape for shape in operation.error_shapes if shape.name == name]
        value = json.loads(body)
        for shape in shapes:
            code = shape.metadata.get('error', {}).get('httpStatusCode')
            if code is not None and code != status:
                found.append(f'{where}: {name} has status {code}')
            found += problems_in(shape, value, where)
        return found
    expected = operation.http.get('responseCode', 200)
    found = [] if status == expected or (operation.name == 'GetConfiguration' and status == 204) else [f'{where}: not {expected}']
    output = operation.output_shape
    payload = output.serialization.get('payload') if output is not None else None
    if output is None or payload is not None:
        if output is None and body:
            found.append(f'{where}: has a body, but the model has none')
    else:
        value = json.loads(body) if body else {}
        in_body = {n for n, m in output.members.items() if m.serialization.get('location') is None}
        found += [f'{where}.{n} belongs in a header' for n in value if n in output.members and n not in in_body]
        found += problems_in(output, value, where)
    if output is not None:
        parser = create_parser(model.metadata['protocol'])
        parsed = parser.parse({'status_code': status, 'headers': record['headers'], 'body': body}, output)
        for name, member in output.members.items():
            if member.serialization.get('location') == 'header' and name in parsed:
                found += problems_in(member, parsed[name], f'{where}.{name}')
        found += [f'{where}.{name} is missing' for name in output.required_members if name not in parsed]
    return found


problems, seen = [], {}
for record in json.load(sys.stdin):
    matches = [o for o in operations if o[0] == record['method'] and o[1].match(record['path'])]
    if not matches:
        problems.append(f"{record['method']} {record['path']} matches no operation of the models")
        continue
    method, _, model, operation = matches[0]
    seen[operation.name] = seen.get(operation.name, 0) + 1
    problems += check(model, operation, record)
json.dump({'problems': sorted(set(problems)), 'seen': seen}, sys.stdout)
