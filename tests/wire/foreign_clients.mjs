// Sends HL7 messages with a client library that is not ours, and says what it was answered.
//
//   node foreign_clients.mjs LIBRARY HOST PORT FOLDER-OF-PACKAGES < messages.json
//
// Standard input is a JSON list of messages; standard output one of ["MSA-1", "MSA-2"] for each, in turn.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [library, host, port, folder] = process.argv.slice(2);
const load = createRequire(`${folder}/`);
const messages = JSON.parse(readFileSync(0, "utf-8"));

const clients = {
  async "simple-hl7"() {
    const hl7 = load("simple-hl7");
    const parser = new hl7.Parser({ segmentSeperator: "\r" });
    const client = hl7.Server.createTcpClient({ host, port: Number(port), keepalive: true });
    const answers = [];
    for (const message of messages) {
      const ack = await new Promise((done, failed) =>
        client.send(parser.parse(message), (error, found) => (error ? failed(error) : done(found))),
      );
      const msa = ack.getSegment("MSA");
      answers.push([String(msa.getField(1)), String(msa.getField(2))]);
    }
    client.close();
    return answers;
  },

  async "node-hl7-client"() {
    const { default: Client, Message } = load("node-hl7-client");
    const client = new Client({ host, version: "2.5" });
    const answers = [];
    let answered;
    const connection = client.createConnection({ port: Number(port) }, async (answer) => {
      const ack = answer.getMessage();
      answered([ack.get("MSA.1").toString(), ack.get("MSA.2").toString()]);
    });
    await once(connection, "connect");
    for (const text of messages) {
      // What is sent before the answer to the last one would wait in a queue of the client's own.
      const answer = new Promise((done) => (answered = done));
      await connection.sendMessage(new Message({ text }));
      answers.push(await answer);
    }
    await connection.close();
    return answers;
  },
};

console.log(JSON.stringify(await clients[library]()));
process.exit(0);
