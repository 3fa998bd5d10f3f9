package dev.lethe.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom: the house rule of the design. The operator, which nobody here may see, has its own test. */
@AnalyzeClasses(packages = "dev.lethe", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule apiUsesNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("dev.lethe.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.lethe.pipeline..", "dev.lethe.weights..", "dev.lethe.unlearning..", "dev.lethe.cli..");

    @ArchTest
    static final ArchRule pipelineUsesApiAlone = noClasses()
            .that()
            .resideInAPackage("dev.lethe.pipeline..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lethe.weights..", "dev.lethe.unlearning..", "dev.lethe.cli..");

    @ArchTest
    static final ArchRule weightsUseNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("dev.lethe.weights..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lethe.api..", "dev.lethe.pipeline..", "dev.lethe.unlearning..", "dev.lethe.cli..");

    @ArchTest
    static final ArchRule unlearningUsesWeightsAlone = noClasses()
            .that()
            .resideInAPackage("dev.lethe.unlearning..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lethe.api..", "dev.lethe.pipeline..", "dev.lethe.cli..");

    @ArchTest
    static final ArchRule onlyTensorKnowsLibtorch = noClasses()
            .that()
            .resideOutsideOfPackage("dev.lethe.unlearning.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule nobodyHereKnowsAKubernetesClient = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8.kubernetes..", "io.javaoperatorsdk..");

    @ArchTest
    static final ArchRule planningReadsNoFilesAndNoClock = noClasses()
            .that()
            .resideInAPackage("dev.lethe.pipeline..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule packagesOfTheCommandHaveNoCycles =
            slices().matching("dev.lethe.cli.(*)..").should().beFreeOfCycles();
}
