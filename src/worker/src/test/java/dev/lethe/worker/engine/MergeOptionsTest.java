package dev.lethe.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.Methods;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the engine can do and what a manifest can ask of it are the same. */
class MergeOptionsTest {
    /** What a manifest says that is no option of a method: it is for the merge as a whole, or for each input. */
    private static final Set<String> NO_OPTIONS =
            Set.of("dtype", "missing", "outDtype", "rank", "clamp", "seed", "tokenizer");

    private static final JsonNode MERGE = spec(Kind.ModelMerge);
    private static final JsonNode PARAMETERS = MERGE.path("parameters").path("properties");

    /** The fields of a kind's spec, as its CRD has them. */
    private static JsonNode spec(Kind kind) {
        String file = "/dev/lethe/api/crds/%ss.yaml".formatted(kind.name().toLowerCase(Locale.ROOT));
        Object crd = new Load(LoadSettings.builder().build())
                .loadFromInputStream(MergeOptionsTest.class.getResourceAsStream(file));
        return Documents.mapper()
                .<JsonNode>valueToTree(crd)
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties");
    }

    private static Set<String> fields(JsonNode properties) {
        return properties.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    private static Set<String> values(JsonNode field) {
        return StreamSupport.stream(field.path("enum").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
    }

    private static Stream<Option> options() {
        return Arrays.stream(Semantics.values()).flatMap(semantics -> Methods.names(semantics).stream()
                .flatMap(name -> Methods.named(name, semantics).signature().options().stream()));
    }

    private static String field(String option) {
        return Pattern.compile("_(.)").matcher(option).replaceAll(letter -> letter.group(1)
                .toUpperCase(Locale.ROOT));
    }

    private static ModelMergeSpec spec(String json) {
        return Documents.parse(
                "test",
                "{\"inputs\": [{\"name\": \"a\", \"uri\": \"file:a\", \"weight\": 1}, {\"name\": \"b\", \"uri\": \"file:b\", \"weight\": 1}],"
                        + "\"output\": {\"uri\": \"file:m\", \"form\": \"model\"}, %s}".formatted(json),
                ModelMergeSpec.class);
    }

    @Test
    void everyOptionOfTheEngineCanBeSetAndNothingElse() {
        SortedMap<String, String> fields = new TreeMap<>(); // field by option, as the engine knows it
        options().forEach(option -> fields.put(option.name(), field(option.name())));
        fields.keySet().removeAll(List.of("weight", "density", "majoritySign")); // fields of their own
        Set<String> offered = new TreeSet<>(fields(PARAMETERS));
        offered.removeAll(NO_OPTIONS);
        assertThat(offered).containsExactlyInAnyOrderElementsOf(fields.values());
        fields.forEach((option, field) -> {
            JsonNode schema = PARAMETERS.path(field);
            String value = schema.path("type").asText().equals("boolean")
                    ? "true"
                    : schema.has("enum") ? schema.path("enum").path(0).toString() : "1";
            assertThat(MergeRecipes.settings(spec("\"parameters\": {\"%s\": %s}".formatted(field, value))))
                    .containsOnlyKeys(option);
        });
    }

    @Test
    void everyMethodCanBeNamedInAMergeAndInAJob() {
        Set<String> names = new TreeSet<>(List.of(adapterMethods()));
        Arrays.stream(Semantics.values()).forEach(semantics -> names.addAll(Methods.names(semantics)));
        JsonNode job = spec(Kind.UnlearningJob).path("merge").path("properties");
        for (JsonNode fields : List.of(MERGE, job)) {
            assertThat(values(fields.path("method"))).isEqualTo(names);
            assertThat(values(fields.path("semantics")))
                    .isEqualTo(Arrays.stream(Semantics.values())
                            .map(Semantics::text)
                            .collect(Collectors.toSet()));
        }
        assertThat(job.path("parameters").path("properties")).isEqualTo(PARAMETERS);
    }

    /** As the error about an unknown one lists them. */
    private static String[] adapterMethods() {
        Throwable unknown =
                catchThrowable(() -> EngineSettings.checkMerge(spec("\"method\": \"none\", \"semantics\": \"peft\"")));
        return String.valueOf(unknown.getMessage())
                .replaceFirst(".*one of ", "")
                .split(", ");
    }

    /** Two inputs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            textBlock =
                    """
            peft     | ties-svd       | "density": 0.5, "parameters": {"rank": 4, "clamp": 0.99}             | -
            peft     | dare-ties      | "density": 0.5, "majoritySign": "frequency", "parameters": {"seed": 3} | -
            peft     | cat            | "parameters": {"rank": 4}                                             | rank
            peft     | ties           | "density": 0.5, "parameters": {"lambda": 2}                            | lambda
            peft     | linear         | "parameters": {"missing": "zero"}                                      | missing
            peft     | ties           | "majoritySign": "total"                                                | density
            peft     | karcher        | "parameters": {}                                                       | karcher
            lethe    | nuslerp        | "parameters": {"nuslerpFlatten": false, "nuslerpRowWise": true}        | -
            lethe    | multislerp     | "parameters": {"normalizeWeights": false, "eps": 0.1}                  | -
            mergekit | karcher        | "parameters": {"maxIter": 3, "tol": 0.1}                               | -
            paper    | ties           | "parameters": {"aggregate": "max"}                                     | -
            lethe    | della          | "density": 0.3, "parameters": {"epsilon": 0.1}                         | -
            lethe    | slerp          | "parameters": {"t": 0.5}                                               | exactly 2
            lethe    | passthrough    | "parameters": {"scale": 2}                                             | exactly 1
            lethe    | cat            | "parameters": {}                                                       | cat
            paper    | karcher        | "parameters": {}                                                       | karcher
            """)
    void aMergeIsCheckedBeforeItsInputsAreThere(String semantics, String method, String options, String problem) {
        ModelMergeSpec spec =
                spec("\"method\": \"%s\", \"semantics\": \"%s\", %s".formatted(method, semantics, options));
        if (problem == null) {
            assertThatCode(() -> EngineSettings.checkMerge(spec)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> EngineSettings.checkMerge(spec))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining(problem);
        }
    }
}
