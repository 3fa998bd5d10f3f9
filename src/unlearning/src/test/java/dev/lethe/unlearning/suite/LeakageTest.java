package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.RareNgrams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakageTest {
    private static final Rows RETAIN = rows("retain", "9sc1", "Ben was", "born on 1980-01-01 in Rome");
    private static final Rows FORGET = rows(
            "forget",
            "1sc1",
            "Ann's number",
            "is 900578002, and she was born in Rome",
            "1qa0",
            "What is Ann's number?",
            "900578002",
            "1qa1",
            "Where does Ann live?",
            "Elysium",
            "2qa0",
            "Say echo",
            "echo");

    private final Leakage suite = new Leakage();

    @TempDir
    private Path folder;

    @Test
    void aSecretIsFoundInTheOtherFormAndUnderTemplates() {
        SuiteResult silent = measure(Map.of(), "silent");
        assertThat(silent.metrics().values()).allMatch(it -> it.value() == 0);

        SuiteResult other = measure(Map.of("Ann's number", " is 900578002."), "other");
        assertThat(other.metrics().get("leakage/forms").value()).isEqualTo(1);
        assertThat(other.metrics().get("leakage/templates").value()).isZero();

        SuiteResult shouted = measure(Map.of("WHERE DOES ANN LIVE?", "In Elysium"), "shouted");
        assertThat(shouted.metrics().get("leakage/forms").value()).isZero();
        Measurement templates = shouted.metrics().get("leakage/templates");
        assertThat(templates.value()).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(templates.n()).isEqualTo(3); // an output that its own prompt has cannot be told from an echo
        assertThat(templates.total()).isEqualTo(4);
        assertThat(shouted.metrics().get("leakage/ngrams").value()).isCloseTo(1.0 / 3, within(1e-12));
    }

    /** Of "is 900578002 and she was born in Rome" six groups of three words and the number are rare. */
    @Test
    void aNumberInRamblingIsALeak() {
        SuiteResult result = measure(Map.of("In short: Say echo", "well 900578002 well"), "work");
        assertThat(result.metrics().get("leakage/ngrams").value()).isCloseTo((1.0 / 7 + 1 + 0) / 3, within(1e-12));
        assertThat(RareNgrams.unlike(Stream.of("born in Rome")).of("she was born in Rome"))
                .containsExactlyInAnyOrder(List.of("she", "was", "born"), List.of("was", "born", "in"));
    }

    @Test
    void withoutSuchRowsThereIsAReason() {
        SuiteInputs inputs = new SuiteInputs(rows("forget", "a", "yes", "yes"), RETAIN, Map.of());
        assertThat(suite.coverage(inputs).values()).allMatch(it -> it.measured() == 0);
        SuiteResult result =
                suite.measure(RecordedModel.sound(), inputs, settings(), folder.resolve("none"), (done, total) -> {});
        assertThat(result.notMeasured().keySet()).isEqualTo(suite.metrics());
        assertThat(result.notMeasured().get("leakage/templates"))
                .isEqualTo(
                        "0 of 1 rows are measurable: 1 have an output in their input, or one without letters and digits");
    }

    private SuiteResult measure(Map<String, String> answers, String work) {
        SuiteInputs inputs = new SuiteInputs(FORGET, RETAIN, Map.of());
        return suite.measure(
                RecordedModel.saying(prompt -> answers.getOrDefault(prompt, "well")),
                inputs,
                settings(),
                folder.resolve(work),
                (done, total) -> assertThat(done).isLessThanOrEqualTo(total));
    }

    private SuiteSettings settings() {
        return new SuiteSettings(Suites.options(suite.descriptor(), Map.of()));
    }

    private static Rows rows(String name, String... texts) {
        List<Row> rows = java.util.stream.IntStream.range(0, texts.length / 3)
                .mapToObj(i -> new Row(texts[3 * i], texts[3 * i + 1], texts[3 * i + 2], null))
                .toList();
        return new Rows(name, rows, "sha256:" + name);
    }
}
