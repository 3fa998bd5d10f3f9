package dev.lethe.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Syntax;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SourceDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The CRDs in {@code crds/} and the reference in {@code docs/} are what the records say. */
class CrdsTest {
    private static final Path FOLDER = Path.of("../../crds");
    private static final Path REFERENCE = Path.of("../../docs/reference.md");
    private static final Path METHODS = Path.of("../../docs/methods.md");
    private static final Javadoc JAVADOC = Javadoc.of(Path.of("src/main/java"));
    private static Map<Kind, Crd> crds;

    @BeforeAll
    static void generate() throws IOException {
        crds = Crd.generate(JAVADOC);
        if (Boolean.getBoolean("lethe.crds.write")) {
            Files.createDirectories(FOLDER);
            for (Crd crd : crds.values()) {
                Files.writeString(FOLDER.resolve(crd.fileName()), crd.yaml());
            }
            Files.writeString(REFERENCE, ReferencePage.of(crds, JAVADOC));
            Files.writeString(METHODS, MethodsPage.renewed(Files.readString(METHODS)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCheckedInIsWhatIsGenerated(Kind kind) throws IOException {
        Crd crd = crds.get(kind);
        Path file = FOLDER.resolve(crd.fileName());
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("crds/%s differs from the records: run `make crds`", crd.fileName())
                .isEqualTo(crd.yaml());
    }

    @Test
    void theReferenceIsWhatIsGenerated() throws IOException {
        assertThat(Files.exists(REFERENCE) ? Files.readString(REFERENCE) : "")
                .as("docs/reference.md differs from the records: run `make crds`")
                .isEqualTo(ReferencePage.of(crds, JAVADOC));
    }

    @Test
    void theTablesOfTheMethodsAreTheCatalogues() throws IOException {
        String page = Files.readString(METHODS);
        assertThat(MethodsPage.renewed(page))
                .as("docs/methods.md differs from the catalogue: run `make crds`")
                .isEqualTo(page);
        assertThat(MethodsPage.tables(page))
                .contains("methods models", "methods adapters")
                .containsAll(Catalog.OBJECTIVES.all().stream()
                        .map(it -> "objective " + it.name())
                        .toList())
                .containsAll(Catalog.SUITES.all().stream()
                        .map(it -> "suite " + it.name())
                        .toList());
    }

    /** `kubectl apply` keeps the object as JSON in an annotation of at most 256 KiB. */
    @ParameterizedTest
    @EnumSource
    void aCrdIsSmallEnoughToApply(Kind kind) {
        assertThat(crds.get(kind).definition().toString().getBytes(StandardCharsets.UTF_8).length)
                .isLessThan(200_000);
    }

    /** An annotation takes a constant alone. */
    @Test
    void theSyntaxOfUrisIsTheCatalogues() {
        assertThat(Syntax.URI)
                .isEqualTo(Catalog.SOURCES.all().stream()
                        .map(SourceDescriptor::syntax)
                        .collect(Collectors.joining("|", "^(", ")$")));
    }

    @Test
    void generatingTwiceGivesTheSameBytes() {
        Map<Kind, Crd> again = Crd.generate(JAVADOC);
        for (Kind kind : Kind.values()) {
            assertThat(again.get(kind).yaml()).isEqualTo(crds.get(kind).yaml());
        }
    }
}
