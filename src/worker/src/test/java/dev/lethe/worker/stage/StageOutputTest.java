package dev.lethe.worker.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.stage.StageFile;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageOutputTest {
    @TempDir
    Path folder;

    /** Else the digest would be that of a file that the next attempt takes away. */
    @Test
    void whatAnInterruptedFileLeavesIsNoPartOfThePayload() throws IOException {
        StageOutput output = output();
        output.resume();
        Files.writeString(output.payload().resolve("numbers.jsonl"), "{}");
        String payload = Digest.ofFolder(output.payload());
        Path inTheWay = Files.createDirectories(output.work().resolve("report.html/folder"));
        assertThatThrownBy(() -> output.add("report.html", "<p>")).isInstanceOf(InvalidInput.class);
        assertThat(Digest.ofFolder(output.payload())).isEqualTo(payload);

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        output.add("report.html", "<p>");
        assertThat(output.payload().resolve("report.html")).hasContent("<p>");
    }

    private StageOutput output() {
        var spec = new ModelTrainingSpec(
                Source.of("file:/model"),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                ObjectiveSpec.of("ft"),
                null,
                null,
                null,
                new Destination("file:" + folder.resolve("out")),
                Execution.ABSENT);
        return StageOutput.of(new StageFile(StageFile.API_VERSION, Kind.ModelTraining, "over", "over-1", spec, null));
    }
}
