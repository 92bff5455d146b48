"""Refusals of the exchange with the registry over HTTP, and what each type of failure leaves behind (T4)."""

from rules.refusals import Reason, register

register(
    Reason(
        "T4-registry-address",
        "T4",
        "BIYE_REGISTRY_URL 不是可用的注册接口地址",
        "BIYE_REGISTRY_URL is no address that the registry's interface can have",
        "请写作 https://主机/路径，不含用户名、密码和参数；http 只限本机",
        "Write https://HOST/PATH without user, password or query; http is for this machine alone",
    ),
    Reason(
        "T4-registry-token-open",
        "T4",
        "注册接口令牌文件 {file} 可被他人读取",
        "Others can read the token of the registry's interface in {file}",
        "请运行 chmod 600 后重试；必要时更换令牌",
        "Run chmod 600 on it; have the token renewed if it may have been read",
    ),
    Reason(
        "T4-registry-token",
        "T4",
        "注册接口 {address} 不接受令牌（{status}），数据包未上报",
        "The registry's interface {address} did not take the token ({status}); nothing was sent",
        "请核对 BIYE_REGISTRY_TOKEN 或 keys/registry.token，下次运行自动上报",
        "Check BIYE_REGISTRY_TOKEN or keys/registry.token; the next run sends it",
    ),
    Reason(
        "T4-registry-unreachable",
        "T4",
        "连接不上注册接口 {address}，数据包未上报",
        "The registry's interface {address} cannot be reached; nothing was sent",
        "系统会自动重试；持续如此请核对网络和 BIYE_REGISTRY_URL",
        "It is tried again by itself; if it stays so, check the network and BIYE_REGISTRY_URL",
    ),
    Reason(
        "T4-registry-busy",
        "T4",
        "注册接口 {address} 暂不受理（{status}），数据包未上报",
        "The registry's interface {address} takes nothing for the moment ({status}); nothing was sent",
        "系统会自动重试",
        "It is tried again by itself",
    ),
    Reason(
        "T4-registry-unknown",
        "T4",
        "与注册接口 {address} 的通信中断，不知数据包是否已送达",
        "The call of {address} broke off; whether the package arrived is not known",
        "下次运行先向注册接口查询，未送达才再次上报；不会重复注册",
        "The next run asks first and sends again only what did not arrive; nobody is registered twice",
    ),
    Reason(
        "T4-registry-answer",
        "T4",
        "注册接口的答复（{status}）不能证明收到的是所上报的数据包",
        "The registry's answer ({status}) does not prove that it has the package that was sent",
        "下次运行先查询；持续如此请联系学信网",
        "The next run asks first; if it stays so, ask the registry's office",
    ),
    Reason(
        "T4-registry-refused",
        "T4",
        "注册接口拒收数据包（{status}），不再自动上报",
        "The registry's interface refused the package ({status}); it is not sent again by itself",
        "请查明原因；处理后运行 biye registry retry 数据包编号，或人工上报后运行 biye registry sent",
        "Find out why; then run biye registry retry PACKAGE, or upload it by hand and run biye registry sent",
    ),
    Reason(
        "T4-registry-not-refused",
        "T4",
        "学历注册数据包 {package} 没有被注册接口拒收，无需重新上报",
        "Registry package {package} was not refused by the registry's interface",
        "请用 biye registry list 查看其状态；未上报的由下次注册运行上报",
        "See biye registry list; what was not sent yet goes with the next run of register",
    ),
)
