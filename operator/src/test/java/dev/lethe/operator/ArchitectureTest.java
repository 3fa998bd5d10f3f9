package dev.lethe.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.lethe.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_DO_NOT_DEPEND_ON_EACH_OTHER_IN_CIRCLES =
            slices().matching("dev.lethe.operator.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule OF_OURS_THE_OPERATOR_USES_THE_PLANNERS_AND_THE_API = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lethe.merge..", "dev.lethe.unlearning..", "dev.lethe.cli..");

    @ArchTest
    static final ArchRule MANIFESTS_AND_OBSERVATIONS_ARE_PURE = classes()
            .that()
            .resideInAnyPackage("..workload..", "..observation..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "io.quarkus..");
}
