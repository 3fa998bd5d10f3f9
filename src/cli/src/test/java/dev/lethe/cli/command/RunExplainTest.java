package dev.lethe.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.Catalog;
import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lethe run --explain}. */
class RunExplainTest {
    private static final Path QUICKSTART = Path.of("../../examples/quickstart");

    @TempDir
    private Path folder;

    /** What somebody reads who starts with the quickstart. */
    @Test
    void theQuickstartIsExplained() throws IOException {
        Path manifest =
                QUICKSTART.resolve("unlearningjob.yaml").toAbsolutePath().normalize();
        String output =
                manifest.resolve("../../../target/quickstart/model").normalize().toString();
        try (InputStream golden = RunExplainTest.class.getResourceAsStream("quickstart-explained.txt")) {
            assertThat(flowing(explained(manifest)).replace(output, "OUTPUT"))
                    .isEqualTo(flowing(new String(Objects.requireNonNull(golden).readAllBytes(), UTF_8)));
        }
    }

    @Test
    void thePlanTellsOfCeilingsAndRounds() {
        assertThat(Console.printed("run", "-f", QUICKSTART.resolve("unlearningjob.yaml"), "--dry-run"))
                .contains("train-over       ModelTraining     at most 200 epochs of 30 steps", "at most 2 rounds");
    }

    @Test
    void everySentenceFitsAndNothingIsWritten() throws IOException {
        TinyJob job = TinyJob.in(folder);
        for (var recipe : Catalog.RECIPES.all()) {
            job.with("recipe: semeval2025-merge", "recipe: " + recipe.name());
            String text = explained(job.manifest());
            job.with("recipe: " + recipe.name(), "recipe: semeval2025-merge");
            assertThat(text).contains("Recipe " + recipe.name() + ". ");
            assertThat(text.lines()).hasSizeLessThan(90).allMatch(line -> line.length() <= 110);
            assertThat(text)
                    .contains("steps over 4 rows", "must be at most 0.5.")
                    .doesNotContain("{", "null", "NaN");
        }
        assertThat(explained(job.manifest())).isEqualTo(explained(job.manifest()));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(it -> it.getFileName().toString()))
                    .containsExactlyInAnyOrder("job.yaml", "forget.jsonl", "retain.jsonl", "model", "scratch");
        }
    }

    @Test
    void saysHowManyRowsABoundNeeds() {
        TinyJob job = TinyJob.in(folder)
                .with(
                        "{name: semeval2025, maxNewTokens: 4}",
                        "{name: refusal, maxNewTokens: 4}, {name: mia, nonMembers: {uri: file:retain.jsonl}}")
                .with(
                        "{metric: semeval2025/forget-knowledge, max: 0.5}",
                        """
                        {metric: refusal/asr, max: 0.1, interval: true}, {metric: refusal/rr, min: 1, interval: true},
                            {metric: refusal/asr, max: 0.5, interval: true}, {metric: mia/loss-auc, min: 0.35, max: 0.65},
                            {metric: mia/loss-auc, max: 0.99}""");
        assertThat(flowing(explained(job.manifest())))
                .contains("refusal/asr must be at most 0.1, over its whole 95 % interval.")
                .contains("Too few: even a perfect result passes only from 35 rows on.") // Wilson: 3.84 / (n + 3.84) ≤
                // 0.1
                .contains("Not even a perfect result on 2000 rows would pass.")
                .contains("A perfect result passes from 4 rows on; of these 4, 0 may fail altogether.")
                .contains("4 members, 4 non-members", "anywhere from 0.08 to 0.92 in 95 of 100 cases")
                .contains("so few members cannot settle this bound", "That is enough for this bound.");
    }

    /** One specialist forgets whole rows, and the other, which is as the objective's default, must not seem to. */
    @Test
    void saysWhereSpecialistsDiffer() throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("recipe: semeval2025-merge", "recipe: calibrated-merge")
                .with(
                        "[{name: semeval2025, maxNewTokens: 4}]",
                        "[{name: mia, nonMembers: {uri: file:scratch/unseen.jsonl}}]")
                .with("    gates: [{metric: semeval2025/forget-knowledge, max: 0.5}]\n", "");
        Files.writeString(folder.resolve("scratch/unseen.jsonl"), "{\"text\": \"nobody saw this\"}\n");
        assertThat(flowing(explained(job.manifest())))
                .contains("over Objective npo.", "tokens all (those of prompts, too")
                .contains("under Set for it: beta 1; tokens answer (those of the answers). It ends")
                .contains("4 members, 1 non-members")
                .doesNotContain("No gate asks");
    }

    @Test
    void isNoDryRun() {
        assertThat(Console.run("run", "-f", TinyJob.in(folder).manifest(), "--explain", "--dry-run"))
                .isEqualTo(new Console(
                        65, "lethe: --explain: option: found --dry-run beside it, expected one of the two\n"));
    }

    /** Where lines end depends on how long the output's path is. */
    private static String flowing(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private String explained(Path manifest) {
        return Console.printed("run", "--explain", "-f", manifest, "--workdir", folder.resolve("w"));
    }
}
