package dev.lethe.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.cli.TinyJob;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.suite.MembershipDocuments;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.worker.search.Fold;
import dev.lethe.worker.search.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProbeTest {
    private static final int ROWS = 16;

    /** Members and non-members are not scored side by side: rounding decides each tie. */
    private static final Offset<Double> ROUNDING_OF_TIES = within(0.5 / ROWS);

    /** A search that asked them otherwise would choose a merge by how they are asked. */
    @ParameterizedTest
    @EnumSource(Prompting.Mode.class)
    void nonMembersThatEqualTheMembersAreNotToldFromThem(Prompting.Mode mode, @TempDir Path folder) throws IOException {
        TinyJob job = TinyJob.in(folder);
        Path model = job.folder().resolve("model");
        Path forget = Files.writeString(
                job.folder().resolve("forget.jsonl"),
                IntStream.range(0, ROWS)
                        .mapToObj(i -> "{\"id\": \"%dqa0\", \"input\": \"Who is %d?\", \"output\": \"Number %d.\"}\n"
                                .formatted(i, i * i, i))
                        .collect(Collectors.joining()));
        Files.writeString(
                model.resolve("chat_template.jinja"), "{% for m in messages %}[{{ m.content }}]{% endfor %}:");
        try (BaseModel base = BaseModel.load(model, Dtype.F32, Device.CPU);
                TextTokenizer tokenizer = TextTokenizer.load(model)) {
            Prompting prompting = Prompting.of(mode, model, tokenizer);
            Probe probe = new Probe(
                    prompting.of(Rows.read(forget)),
                    Rows.read(job.folder().resolve("retain.jsonl")),
                    MembershipDocuments.read(forget, prompting),
                    tokenizer,
                    base.config().maxPositions(),
                    0,
                    42);
            var auc = probe.measure(new LanguageModel(base), Fold.CALIBRATION).auc();
            assertThat(auc).isNotNull();
            assertThat(auc.value()).isCloseTo(0.5, ROUNDING_OF_TIES);
        }
    }
}
