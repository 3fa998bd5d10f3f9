package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.common.CelException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.lethe.api.resource.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

/** What Argo CD and Flux make of statuses: {@code docs/gitops}, executed against {@code docs/gitops/testdata}. */
class GitOpsTest {
    private static final Path FOLDER = Chart.HOME.resolve("docs/gitops");
    private static final Pattern NAMES =
            Pattern.compile("/(persistentVolumeClaim|configMap|imagePullSecrets/name|serviceAccountName)$");
    private static final Map<String, CelRuntime.Program> PROGRAMS = new ConcurrentHashMap<>();
    /** CEL has no 32-bit integer. */
    private static final ObjectMapper LONGS = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

    private static final JsonNode ARGO =
            Chart.yaml(FOLDER.resolve("argocd-cm.yaml")).path("data");

    static List<Path> documents() throws IOException {
        try (var files = Files.list(FOLDER.resolve("testdata"))) {
            return files.sorted().toList();
        }
    }

    /** A document's name begins with what Argo CD is to say of it. */
    private static String expected(Path document) {
        return document.getFileName().toString().replaceFirst("-.*", "");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void argoTellsHealth(Path document) {
        var object = Chart.yaml(document);
        for (var kind : Kind.values()) {
            var health = run(
                    ARGO.path("resource.customizations.health.lethe.dev_" + kind)
                            .asText(),
                    object);
            assertThat(health.get("status").tojstring().toLowerCase(Locale.ROOT))
                    .isEqualTo(expected(document));
            var ready = object.at("/status/conditions/0");
            assertThat(health.get("message").tojstring())
                    .startsWith(
                            ready.isMissingNode()
                                    ? "Waiting"
                                    : ready.path("reason").asText());
        }
    }

    @Test
    void argoWaitsForTheLatestSpec() throws IOException {
        var object = Chart.yaml(FOLDER.resolve("testdata/healthy-published.yaml"));
        ((ObjectNode) object.get("metadata")).put("generation", 99);
        var health = run(
                ARGO.path("resource.customizations.health.lethe.dev_UnlearningJob")
                        .asText(),
                object);
        assertThat(health.get("status").tojstring()).isEqualTo("Progressing");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void argoSuspendsAndResumesWhatHasNotEnded(Path document) throws IOException {
        var object = Chart.yaml(document);
        var actions = Chart.YAML.readTree(ARGO.path("resource.customizations.actions.lethe.dev_UnlearningJob")
                .asText());
        var offered = run(actions.path("discovery.lua").asText(), object);
        var ended = List.of("healthy", "degraded").contains(expected(document));
        var suspended = object.at("/spec/suspend").asBoolean();
        assertThat(offered.get("suspend").get("disabled").toboolean()).isEqualTo(ended || suspended);
        assertThat(offered.get("resume").get("disabled").toboolean()).isEqualTo(ended || !suspended);
        for (var definition : actions.path("definitions")) {
            var changed = run(definition.path("action.lua").asText(), object);
            assertThat(changed.get("spec").get("suspend").toboolean())
                    .isEqualTo(definition.path("name").asText().equals("suspend"));
        }
    }

    /** Flux evaluates {@code failed}, then {@code current}; what is neither, or cannot be evaluated, is in progress. */
    @ParameterizedTest
    @MethodSource("documents")
    void fluxTellsHealth(Path document) throws Exception {
        var object = Chart.yaml(document);
        var checks = Chart.yaml(FOLDER.resolve("flux-kustomization.yaml")).at("/spec/healthCheckExprs");
        assertThat(checks.findValuesAsText("kind"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Kind.values()).map(Kind::name).toList());
        for (var check : checks) {
            var found = evaluate(check.path("failed").asText(), object)
                    ? "degraded"
                    : evaluate(check.path("current").asText(), object) ? "healthy" : "progressing";
            assertThat(found).isEqualTo(expected(document).replace("suspended", "progressing"));
        }
    }

    /** Every field of every kind that names one of these objects is one that kustomize is told of, and the other way round. */
    @Test
    void kustomizeKnowsWhereNamesStand() {
        var told = new TreeSet<String>();
        for (var reference : Chart.yaml(FOLDER.resolve("kustomize-names.yaml")).path("nameReference")) {
            reference
                    .path("fieldSpecs")
                    .forEach(field -> told.add(field.path("kind").asText() + " "
                            + field.path("path").asText()));
        }
        var named = new TreeSet<String>();
        // A preparation is nothing that users write.
        for (var kind : EnumSet.complementOf(EnumSet.of(Kind.ModelPreparation))) {
            var crd = Chart.yaml(Chart.HOME.resolve("crds/" + kind.name().toLowerCase(Locale.ROOT) + "s.yaml"));
            collect(kind + " spec", crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), named);
        }
        assertThat(told).isEqualTo(named);
    }

    private static void collect(String path, JsonNode schema, Set<String> named) {
        schema.path("properties").properties().forEach(field -> {
            var at = path + "/" + field.getKey();
            if (NAMES.matcher(at).find()) {
                named.add(at);
            }
            collect(at, field.getValue(), named);
            collect(at, field.getValue().path("items"), named);
        });
    }

    private static boolean evaluate(String expression, JsonNode object) throws Exception {
        var program = PROGRAMS.computeIfAbsent(expression, GitOpsTest::compile);
        return (Boolean) program.eval(LONGS.convertValue(object, new TypeReference<Map<String, Object>>() {}));
    }

    private static CelRuntime.Program compile(String expression) {
        try {
            var compiler = CelCompilerFactory.standardCelCompilerBuilder()
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .addVar("status", SimpleType.DYN)
                    .addVar("metadata", SimpleType.DYN)
                    .build();
            var checked = compiler.compile(expression).getAst();
            return CelRuntimeFactory.standardCelRuntimeBuilder().build().createProgram(checked);
        } catch (CelException e) {
            throw new AssertionError(expression, e);
        }
    }

    /** As Argo CD runs it: the object as global {@code obj}. */
    private static LuaValue run(String script, JsonNode object) {
        var globals = JsePlatform.standardGlobals();
        globals.set("obj", lua(object));
        return globals.load(script).call();
    }

    private static LuaValue lua(JsonNode node) {
        if (node.isObject()) {
            var table = new LuaTable();
            node.properties().forEach(it -> table.set(it.getKey(), lua(it.getValue())));
            return table;
        }
        if (node.isArray()) {
            var table = new LuaTable();
            for (int i = 0; i < node.size(); i++) {
                table.set(i + 1, lua(node.get(i)));
            }
            return table;
        }
        return switch (node.getNodeType()) {
            case BOOLEAN -> LuaValue.valueOf(node.asBoolean());
            case NUMBER -> LuaValue.valueOf(node.asDouble());
            case NULL, MISSING -> LuaValue.NIL;
            default -> LuaValue.valueOf(node.asText());
        };
    }
}
