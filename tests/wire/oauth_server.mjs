// A token server that is not ours (oidc-provider), with a FHIR address behind it that asks it about each token.
//
//   node oauth_server.mjs FOLDER-OF-PACKAGES < key-set.json
//
// Prints its address on one line, and lives until its standard input ends.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(`${folder}/oidc-provider/lib/index.js`));
const jwks = JSON.parse(readFileSync(0, "utf-8"));
const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const here = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(here, {
  clients: [
    {
      client_id: "common-ground",
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
      scope: "system/*.rs",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: jwks.keys[0].alg,
      jwks,
    },
  ],
  scopes: ["system/*.rs"],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  enabledJWA: { clientAuthSigningAlgValues: ["ES384", "RS384"] },
  ttl: { ClientCredentials: 300 },
});
const answerTokens = provider.callback();
const goal = { resourceType: "Goal", id: "g1", meta: { versionId: "1", lastUpdated: "2026-11-01T00:00:00Z" } };

server.on("request", async (request, response) => {
  if (!request.url.startsWith("/fhir/")) return answerTokens(request, response);
  const say = (status, body) => {
    response.writeHead(status, { "content-type": "application/fhir+json" });
    response.end(JSON.stringify(body));
  };
  if (request.url === "/fhir/.well-known/smart-configuration") return say(200, { token_endpoint: `${here}/token` });
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const known = token && (await provider.ClientCredentials.find(token));
  if (!known || known.isExpired || known.scope !== "system/*.rs") return say(401, { resourceType: "OperationOutcome" });
  const link = [{ relation: "self", url: here + request.url }];
  return say(200, { resourceType: "Bundle", type: "searchset", link, entry: [{ resource: goal }] });
});
console.log(here);
