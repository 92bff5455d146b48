"""One row of each reference file: what a maintainer may write, judged by pydantic; aliases are headings."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rules.majors import bare_direction

LEVELS = {
    "总部": "hq",
    "分部": "branch",
    "学院": "college",
    "地方学院": "local-college",
    "学习中心": "study-centre",
}
CODE_LENGTHS = {"总部": 3, "分部": 3, "学院": 3, "地方学院": 5, "学习中心": 7}

Module = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
ProgrammeCode = Annotated[str, Field(pattern=r"^[0-9]{6}[A-Z]{0,2}$")]
CourseId = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
Credits = Annotated[int, Field(ge=0, le=300)]
Text = Annotated[str, Field(min_length=1)]
Direction = Annotated[str, AfterValidator(bare_direction)]  # N2: brackets around it say nothing


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid", str_strip_whitespace=True)


class OrganisationRow(_Row):
    """HQ, a branch, a college, a local college or a study centre; the code's length belongs to the level."""

    code: Annotated[str, Field(alias="代码", pattern=r"^[0-9]+$")]
    name: Annotated[Text, Field(alias="名称")]
    level: Annotated[Literal["总部", "分部", "学院", "地方学院", "学习中心"], Field(alias="类型")]
    pilot: Annotated[Literal["是", "否"], Field(alias="试点")]
    provenance: Annotated[str, Field(alias="来源")] = ""

    @model_validator(mode="after")
    def _length_fits_level(self) -> "OrganisationRow":
        if len(self.code) != CODE_LENGTHS[self.level]:
            raise ValueError(f"代码 {self.code}: {self.level} has {CODE_LENGTHS[self.level]} digits")
        return self


class ModuleMinima(_Row):
    """The least credits of a module: in all, and by central examination."""

    total: Credits
    central: Credits = 0


class ProgrammeRow(_Row):
    """A programme at one level, with what its graduates must have; direction is empty if there is none."""

    code: ProgrammeCode
    direction: Direction = ""
    name: Text
    level: Literal["本科", "专科"]
    provenance: Literal["stated", "carried-over", "inferred"] = "inferred"
    min_credits: Credits
    min_central_credits: Credits
    max_exempt_credits: Credits
    school_years: Annotated[float, Field(gt=0, le=10)]
    min_terms: Annotated[int, Field(ge=1, le=20)]
    needs_unified_exam: bool
    modules: dict[Module, ModuleMinima]


class CourseRow(_Row):
    """A course: its module, who examines it (1 central, 2 provincial), credits, and the usual term."""

    course_id: Annotated[CourseId, Field(alias="课程ID")]
    name: Annotated[Text, Field(alias="课程名称")]
    module: Annotated[Module, Field(alias="模块")]
    unit: Annotated[Literal["1", "2"], Field(alias="考试单位类型")]
    credits: Annotated[int, Field(alias="学分", ge=1, le=8)]
    term: Annotated[int, Field(alias="学期", ge=1, le=16)] = 1


class ScoreCodeRow(_Row):
    """What a score code means, in points."""

    code: Annotated[Text, Field(alias="代码")]
    score: Annotated[int, Field(alias="分数", ge=0, le=100)]


class PlanRow(_Row):
    """A course of a programme's teaching plan."""

    code: Annotated[ProgrammeCode, Field(alias="专业代码")]
    direction: Annotated[Direction, Field(alias="专业方向")] = ""
    course_id: Annotated[CourseId, Field(alias="课程ID")]
