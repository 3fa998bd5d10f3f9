package dev.lethe.cli.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import dev.lethe.merge.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about a model's tokenizer before anything is trained. */
class VocabularyTest {
    /** As Llama-2 with a token for padding that came after its 32000 rows. */
    @Test
    void aTokenWithoutARowMattersOnlyWhereARowOfDataHasIt(@TempDir Path folder) throws IOException {
        TinyJob job = TinyJob.in(folder);
        Path tokenizer = folder.resolve("model/tokenizer.json");
        ObjectNode json = (ObjectNode) new JsonMapper().readTree(tokenizer.toFile());
        for (int id = json.path("model").path("vocab").size(); id <= 300; id++) {
            String token = id == 300 ? "<pad>" : "<unused %d>".formatted(id);
            ObjectNode entry = json.withArray("added_tokens").addObject().put("id", id);
            entry.put("content", token).put("single_word", false).put("lstrip", false);
            entry.put("rstrip", false).put("normalized", false).put("special", true);
        }
        Files.writeString(tokenizer, json.toString());
        Files.writeString(folder.resolve("model/tokenizer_config.json"), "{\"pad_token\": \"<pad>\"}");
        Path retain = folder.resolve("retain.jsonl");
        String rows = Files.readString(retain);
        Files.writeString(retain, rows.replace("public 2", "<pad>"));
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .isEqualTo(new Console(
                        65,
                        "lethe: %s row 3: %s: token: found 300, expected an id below vocab_size of config.json, 300\n"
                                .formatted(retain, tokenizer)));
        Files.writeString(retain, rows);
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain")
                        .exitCode())
                .isZero();
    }

    @Test
    void aTemplateForChatsThatIsNotAppliedIsANote(@TempDir Path folder) throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("retain: {uri: file:retain.jsonl}", "retain: {uri: file:retain.jsonl}\n  template: none");
        String[] dryRun = {
            "run", "-f", job.manifest().toString(), "--workdir", job.workdir().toString(), "--dry-run"
        };
        assertThat(Console.printed((Object[]) dryRun)).doesNotContain("notes");
        Files.writeString(folder.resolve("model/tokenizer_config.json"), "{\"chat_template\": \"{{ messages }}\"}");
        assertThat(Console.printed((Object[]) dryRun)).contains("/model: has a chat template, which is not applied");
        Files.delete(folder.resolve("model/tokenizer_config.json"));
        Files.writeString(folder.resolve("model/chat_template.jinja"), "{{ messages }}");
        assertThat(Console.printed((Object[]) dryRun)).contains("/model: has a chat template, which is not applied");
    }

    /** What was taken of the rows is said in the plan, and in the result of every stage that read them. */
    @Test
    void rowsOfOtherFormsAndNamesAreAsked(@TempDir Path folder) throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("forget: {uri: file:forget.jsonl}", "forget: {uri: file:forget.csv, columns: {task: teil}}")
                .with("retain: {uri: file:retain.jsonl}", "retain: {uri: file:retain.jsonl}\n  template: auto");
        Files.writeString(
                folder.resolve("forget.csv"),
                "question;answer;teil\nWho?;Ann;Task1\nWhere?;Rome;Task2\nWhen?;2001;Task3\n");
        Files.writeString(
                folder.resolve("model/chat_template.jinja"),
                "{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}{% if add_generation_prompt %}:{% endif %}\n");
        String csv = "/forget.csv, 3 rows of csv: question, answer; template chat\n";
        String lines = "/retain.jsonl, 4 rows of jsonl: input, output; template chat-for-questions\n";
        assertThat(Console.printed("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .contains(csv, lines)
                .doesNotContain("notes");
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain")
                        .exitCode())
                .isZero();
        JsonNode forget = new JsonMapper()
                .readTree(job.workdir().resolve("result.json").toFile())
                .at("/inputs/forget");
        assertThat(forget.get("count").intValue()).isEqualTo(3);
        assertThat(forget.get("rows"))
                .hasToString("{\"form\":\"csv\",\"fields\":[\"question\",\"answer\"],\"template\":\"chat\"}");
    }

    @Test
    void aTemplateThatIsNotThereOrRefusesIsNamed(@TempDir Path folder) throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("retain: {uri: file:retain.jsonl}", "retain: {uri: file:retain.jsonl}\n  template: chat");
        Object[] dryRun = {"run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"};
        assertThat(Console.run(dryRun).errors())
                .isEqualTo(
                        "lethe: %s: chat template: found none, expected one, as template: chat asks for; or template: none\n"
                                .formatted(folder.resolve("model")));
        Path template = folder.resolve("model/chat_template.jinja");
        Files.writeString(
                template, "{% if '3' in messages[0].content %}{{ raise_exception(messages[0].content) }}{% endif %}.");
        assertThat(Console.run(dryRun).errors())
                .contains("/forget.jsonl row 4: chat: found one that the model's chat template refuses, expected roles")
                .contains("/retain.jsonl row 4: chat:")
                .doesNotContain("What is");
        Files.writeString(template, "{% for m in messages if m.content %}.{% endfor %}");
        assertThat(Console.run(dryRun).errors())
                .contains(
                        "chat template: found a loop with a condition (for … in … if …), expected a template without one");
    }

    /** What the model says by itself is as good a reason to keep something as any, and the same in every run. */
    @Test
    void aJobWithoutRetainRowsKeepsWhatTheModelSays(@TempDir Path folder) throws IOException {
        TinyJob job = TinyJob.in(folder).with("  retain: {uri: file:retain.jsonl}\n", "");
        assertThat(Console.printed("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .contains("retain   64 rows that the model says by itself");
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain")
                        .exitCode())
                .isZero();
        Path made = job.workdir().resolve("stages/prepare/output/retain.jsonl");
        JsonNode retain = new JsonMapper()
                .readTree(job.workdir().resolve("result.json").toFile())
                .at("/inputs/retain");
        assertThat(retain.at("/rows/form").textValue()).isEqualTo("sampled");
        assertThat(job.workdir().resolve("report.html")).content().contains(retain.get("count") + " (sampled)");
        assertThat(retain.get("uri").textValue()).endsWith("/stages/prepare/output/retain.jsonl");
        assertThat(retain.get("digest").textValue()).isEqualTo(Digest.ofFile(made));
        assertThat(retain.get("count").intValue())
                .isEqualTo(Files.readAllLines(made).size());
        Path again = folder.resolve("again");
        assertThat(Console.run(
                                "run",
                                "-f",
                                job.with("file:published", "file:other").manifest(),
                                "--workdir",
                                again,
                                "--plain")
                        .exitCode())
                .isZero();
        assertThat(again.resolve("stages/prepare/output/retain.jsonl")).hasSameBinaryContentAs(made);
    }

    @Test
    void aGateThatRowsOfTheModelCannotMeetIsRefused(@TempDir Path folder) {
        TinyJob job = TinyJob.in(folder)
                .with("  retain: {uri: file:retain.jsonl}\n", "")
                .with("forget-knowledge, max: 0.5", "retain-knowledge, min: 0.5");
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run")
                        .errors())
                .startsWith(
                        "lethe: rows that the model says by itself: gate on semeval2025/retain-knowledge: found no row of this kind");
    }
}
