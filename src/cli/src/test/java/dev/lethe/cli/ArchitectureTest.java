package dev.lethe.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Who may use whom: the house rule of the design. The operator, which nobody here may see, has its own test. */
@AnalyzeClasses(packages = "dev.lethe", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Set<String> ROOMS =
            Set.of("api", "catalog", "planner", "merge", "sources", "unlearning", "worker", "cli");

    @ArchTest
    static final ArchRule CATALOG = room("catalog");

    @ArchTest
    static final ArchRule API = room("api", "catalog");

    @ArchTest
    static final ArchRule PLANNER = room("planner", "api", "catalog");

    @ArchTest
    static final ArchRule MERGE = room("merge", "catalog");

    @ArchTest
    static final ArchRule UNLEARNING = room("unlearning", "merge", "catalog");

    @ArchTest
    static final ArchRule SOURCES = room("sources", "api", "merge", "catalog");

    @ArchTest
    static final ArchRule WORKER = room("worker", "api", "planner", "merge", "sources", "unlearning", "catalog");

    private static ArchRule room(String room, String... uses) {
        var others = new TreeSet<>(ROOMS);
        others.remove(room);
        others.removeAll(Arrays.asList(uses));
        return noClasses()
                .that()
                .resideInAPackage("dev.lethe." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        others.stream().map(it -> "dev.lethe." + it + "..").toArray(String[]::new))
                .allowEmptyShould(true);
    }

    @ArchTest
    static final ArchRule ONLY_TENSOR_KNOWS_LIBTORCH = noClasses()
            .that()
            .resideOutsideOfPackage("dev.lethe.unlearning.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule NOBODY_HERE_KNOWS_A_KUBERNETES_CLIENT = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8.kubernetes..", "io.javaoperatorsdk..");

    @ArchTest
    static final ArchRule PLANNING_READS_NO_FILES_AND_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage("dev.lethe.planner..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule PACKAGES_OF_THE_COMMAND_HAVE_NO_CYCLES =
            slices().matching("dev.lethe.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule PACKAGES_OF_THE_WORKER_HAVE_NO_CYCLES =
            slices().matching("dev.lethe.worker.(*)..").should().beFreeOfCycles();
}
