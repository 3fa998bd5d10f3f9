package dev.lethe.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users copy is valid: the smallest job, every manifest in {@code examples/}, every one in README and docs. */
class ExamplesTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern YAML_BLOCK = Pattern.compile("(?ms)^```ya?ml\\n(.*?)^```$");

    private static final String SMALLEST =
            """
            apiVersion: lethe.dev/v1alpha1
            kind: UnlearningJob
            metadata: {name: request-4711}
            spec:
              model:  {uri: pvc://models/olmo-1b}
              forget: {uri: pvc://requests/4711/forget.jsonl}
              retain: {uri: pvc://requests/4711/retain.jsonl}
              workspace: {persistentVolumeClaim: lethe-workspace}
              output: {uri: pvc://models/olmo-1b-4711}
            """;

    record Example(String where, String text) {
        @Override
        public String toString() {
            return where;
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsValid(Example example) {
        assertThat(Manifest.parse(example.where, example.text)).isNotEmpty();
    }

    @Test
    void theClusterExampleReadsTheQuickstartsRows() {
        assertThat(Pattern.compile("pvc://requests/4711/([a-z.]+)")
                        .matcher(text(ROOT.resolve("examples/cluster/unlearningjob.yaml")))
                        .results())
                .hasSize(3)
                .allSatisfy(rows -> assertThat(ROOT.resolve("examples/quickstart/" + rows.group(1)))
                        .exists());
    }

    /** A job makes its own preparation. */
    @Test
    void everyKindThatAUserWritesHasAnExampleForACluster() throws IOException {
        var kinds = files("examples", ".yaml")
                .map(ExamplesTest::text)
                .filter(it -> it.contains("apiVersion: lethe.dev/") && it.contains("pvc://"))
                .flatMap(it -> Manifest.parse("example", it).stream())
                .map(it -> it.kind())
                .collect(Collectors.toSet());
        assertThat(kinds).containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Kind.ModelPreparation)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"modeltraining", "modelmerge", "modelevaluation"})
    void aStageInAClusterIsThatOfALaptopWithClaims(String kind) {
        var laptop = spec("laptop", kind)
                .replace("file:../../quickstart/model", "pvc://models/quickstart")
                .replace("file:../../quickstart/", "pvc://requests/4711/")
                .replace("file:../../../target/quickstart/", "pvc://lethe-workspace/request-4711/UID/")
                .replace("file:../../../target/", "pvc://lethe-workspace/");
        assertThat(spec("cluster", kind).replaceAll("(?m)^  (workspace|compute): .*\\n", ""))
                .isEqualTo(laptop);
    }

    private static String spec(String where, String kind) {
        return text(ROOT.resolve("examples/stages/%s/%s.yaml".formatted(where, kind)))
                .replaceAll("(?m)^#.*\\n| +#.*$", "");
    }

    static Stream<Example> examples() throws IOException {
        return Stream.of(
                        Stream.of(new Example("the smallest job", SMALLEST)),
                        files("examples", ".yaml").map(it -> new Example(it.toString(), text(it))),
                        Stream.concat(Stream.of(ROOT.resolve("README.md")), files("docs", ".md"))
                                .filter(Files::exists)
                                .flatMap(ExamplesTest::blocks))
                .flatMap(it -> it)
                .filter(it -> it.text.contains("apiVersion: lethe.dev/"));
    }

    /** The manifests in a page; one that only shows a part of a spec continues the one before it. */
    private static Stream<Example> blocks(Path page) {
        String whole = "";
        var examples = Stream.<Example>builder();
        Matcher block = YAML_BLOCK.matcher(text(page));
        for (int i = 1; block.find(); i++) {
            boolean part = block.group(1).startsWith("  ") && !whole.isEmpty();
            whole = part ? whole + block.group(1) : block.group(1);
            examples.add(new Example(page + ", block " + i, whole));
        }
        return examples.build();
    }

    private static Stream<Path> files(String folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            List<Path> found =
                    files.filter(it -> it.toString().endsWith(suffix)).sorted().toList();
            return found.stream();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
